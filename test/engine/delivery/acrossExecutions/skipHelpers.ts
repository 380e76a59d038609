import type { INode } from 'n8n-workflow';

import type { FinishedRun } from '../../../support/engine';
import { sendText } from '../../../support/workspace';

/**
 * Returns the parameter `options` with *Skip If Sent Within (Hours)*.
 *
 * @param hours a number or an expression
 * @param otherOptions other options
 */
export const skipWithin = (
	hours: unknown = 24,
	otherOptions: INode['parameters'] = {},
): INode['parameters'] => ({
	options: { skipIfSentWithin: hours as number, ...otherOptions },
});

/** Message: Send of a text, with *Skip If Sent Within* 24 hours. */
export const sendTextOnce: INode['parameters'] = { ...sendText, ...skipWithin() };

/**
 * Returns the parameters of *Message: Send* for a template, with *Skip If Sent Within* 24 hours.
 *
 * @param overrides parameters that replace these
 */
export const sendTemplateOnce = (
	templateId: string,
	values: Record<string, string>,
	overrides: INode['parameters'] = {},
): INode['parameters'] => ({
	...sendTextOnce,
	messageType: 'template',
	templateId,
	templateVariables: {
		variable: Object.entries(values).map(([name, value]) => ({ name, value })),
	},
	...overrides,
});

/** Returns the `skip_reason` of each item, or `sent`. */
export const skipReasonsOf = ({ output }: FinishedRun) =>
	output('Sahut').map(({ json }) => json.skip_reason ?? 'sent');
