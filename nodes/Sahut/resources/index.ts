import type { Resource } from '../runtime/operation';
import { contact } from './contact';
import { conversation } from './conversation';
import { message } from './message';

/** What the node offers, in the order in which it stands in the Resource picker. */
export const resources: Resource[] = [message, conversation, contact];
