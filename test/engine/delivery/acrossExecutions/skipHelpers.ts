import type { INode } from 'n8n-workflow';

import type { FinishedRun } from '../../../support/engine';
import { sendText } from '../../../support/workspace';

/** The node parameter `options` with *Skip If Sent Within*, and other options if given. */
export const skipWithin = (
	hours: unknown = 24,
	more: INode['parameters'] = {},
): INode['parameters'] => ({
	options: { skipIfSentWithin: hours as number, ...more },
});

/** Message: Send of a text, with *Skip If Sent Within* 24 hours. */
export const sendTextOnce: INode['parameters'] = { ...sendText, ...skipWithin() };

/** Message: Send of a template, with *Skip If Sent Within* 24 hours unless `more` replaces it. */
export const sendTemplateOnce = (
	templateId: string,
	values: Record<string, string>,
	more: INode['parameters'] = {},
): INode['parameters'] => ({
	...sendTextOnce,
	messageType: 'template',
	templateId,
	templateVariables: {
		variable: Object.entries(values).map(([name, value]) => ({ name, value })),
	},
	...more,
});

/** The reason why each item was skipped, or `sent`. */
export const skipReasonsOf = ({ output }: FinishedRun) =>
	output('Sahut').map(({ json }) => json.skip_reason ?? 'sent');
