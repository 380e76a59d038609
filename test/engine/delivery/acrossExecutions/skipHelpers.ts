import type { INode } from 'n8n-workflow';

import type { FinishedRun } from '../../../support/engine';
import { sendText } from '../../../support/workspace';

/**
 * Returns the parameter `options` with *Skip If Sent Within (Hours)*.
 *
 * @param hours a number or an expression
 * @param more other options
 */
export const skipWithin = (
	hours: unknown = 24,
	more: INode['parameters'] = {},
): INode['parameters'] => ({
	options: { skipIfSentWithin: hours as number, ...more },
});

/** Message: Send of a text, with *Skip If Sent Within* 24 hours. */
export const sendTextOnce: INode['parameters'] = { ...sendText, ...skipWithin() };

/**
 * Returns the parameters of *Message: Send* for a template, with *Skip If Sent Within* 24 hours.
 *
 * @param more parameters that replace these
 */
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

/** Returns the `skip_reason` of each item, or `sent`. */
export const skipReasonsOf = ({ output }: FinishedRun) =>
	output('Sahut').map(({ json }) => json.skip_reason ?? 'sent');
