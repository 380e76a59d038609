import type { Resource } from '../runtime/operation';
import { message } from './message';

/** What the node offers, in the order in which it stands in the Resource picker. */
export const resources: Resource[] = [message];
