import type { INode } from 'n8n-workflow';

import type { FinishedRun } from '../support/engine';
import { sendText } from '../support/workspace';

/** The option *Skip If Sent Within*, with others beside it. */
export const skip = (hours: unknown = 24, more: INode['parameters'] = {}): INode['parameters'] => ({
	options: { skipIfSentWithin: hours as number, ...more },
});

/** Message: Send of a text that is sent once. */
export const sendOnce: INode['parameters'] = { ...sendText, ...skip() };

/** Why each item was skipped, or `sent`. */
export const skippedOf = ({ output }: FinishedRun) =>
	output('Sahut').map(({ json }) => json.skip_reason ?? 'sent');
