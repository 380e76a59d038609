import { randomUUID } from 'node:crypto';
import type { INode } from 'n8n-workflow';

import type { Sandbox } from '../../sandbox';
import { byId } from '../../test/support/locator';
import type { WorkflowContent } from './workflows';

/** The name of the credential for a sandbox. */
export const CREDENTIAL_NAME = 'Sahut sandbox';

/** Returns the content of a credential for a sandbox. */
export function credentialFor({ apiKey, url }: Sandbox) {
	return { name: CREDENTIAL_NAME, type: 'sahutApi', data: { apiKey, baseUrl: url } };
}

/**
 * Creates a node.
 *
 * @param overrides sets other properties of the node, such as its credentials
 */
export function node(
	name: string,
	type: string,
	typeVersion: number,
	parameters: INode['parameters'],
	overrides: Partial<INode> = {},
): INode {
	return { id: name, name, type, typeVersion, position: [0, 0], parameters, ...overrides };
}

/** Creates a Manual Trigger node. */
export const manualTrigger = (name: string) => node(name, 'n8n-nodes-base.manualTrigger', 1, {});

/** Creates a Webhook node that accepts POST. */
export const webhook = (name: string, path: string) =>
	node(name, 'n8n-nodes-base.webhook', 2, { path, httpMethod: 'POST' }, { webhookId: path });

/** Creates a Wait node. */
export const wait = (name: string, seconds: number) =>
	node(name, 'n8n-nodes-base.wait', 1.1, { amount: seconds, unit: 'seconds' });

/** Creates a Split Out node, which outputs one item for each entry of a list. */
export const splitOut = (name: string, field: string) =>
	node(name, 'n8n-nodes-base.splitOut', 1, { fieldToSplitOut: field, options: {} });

/** Creates a Code node that outputs the rows as items. */
export function rows(name: string, items: object[]): INode {
	const jsCode = `return ${JSON.stringify(items)}.map((json) => ({ json }));`;
	return node(name, 'n8n-nodes-base.code', 2, { jsCode });
}

/** Returns a node's reference to the credential for a sandbox. */
export const sahutCredential = (id: string) => ({ sahutApi: { id, name: CREDENTIAL_NAME } });

/** Creates a Sahut Trigger node. */
export function sahutTrigger(
	name: string,
	credentialId: string,
	webhookId: string = randomUUID(),
): INode {
	return node(
		name,
		'n8n-nodes-sahut.sahutTrigger',
		1,
		{},
		{
			webhookId,
			credentials: sahutCredential(credentialId),
		},
	);
}

/** Creates a Sahut node. */
export function sahut(name: string, credentialId: string, parameters: INode['parameters']): INode {
	const credentials = sahutCredential(credentialId);
	return node(name, 'n8n-nodes-sahut.sahut', 1, parameters, { credentials });
}

/**
 * Creates a Sahut node that sends a text.
 * @param conversationId an ID, or an expression
 */
export function sendText(
	name: string,
	credentialId: string,
	conversationId: string,
	content: string,
	options: INode['parameters'] = {},
) {
	const message = { resource: 'message', operation: 'send', messageType: 'text' };
	return sahut(name, credentialId, {
		...message,
		conversationId: byId(conversationId),
		content,
		options,
	});
}

/**
 * Creates a Sahut node that sends a WhatsApp template to a phone number.
 * @param message.phone a number, or an expression
 * @param message.customerName a value for the template, or an expression
 */
export function sendTemplateToPhone(
	name: string,
	credentialId: string,
	channelId: string,
	{ phone, customerName }: { phone: string; customerName: string },
	options: INode['parameters'] = {},
) {
	return sahut(name, credentialId, {
		resource: 'message',
		operation: 'sendToPhone',
		phone,
		channelId: byId(channelId),
		messageType: 'template',
		templateId: 'tmpl_follow_up',
		templateVariables: { variable: [{ name: 'customer_name', value: customerName }] },
		options,
	});
}

/** Creates a workflow that connects the nodes in a row. */
export function chain(name: string, ...nodes: INode[]): WorkflowContent {
	const links = nodes
		.slice(1)
		.map((next, index) => [
			nodes[index]!.name,
			{ main: [[{ node: next.name, type: 'main' as const, index: 0 }]] },
		]);
	return {
		name,
		nodes: nodes.map((each, index) => ({ ...each, position: [index * 240, 0] })),
		connections: Object.fromEntries(links),
		settings: { executionOrder: 'v1' },
	};
}
