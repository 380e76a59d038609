import type { INode } from 'n8n-workflow';

import { byId } from '../../test/support/locator';
import type { WorkflowContent } from '../../scripts/n8n';
import {
	chain,
	node,
	sahut,
	sahutCredential,
	sahutTrigger,
	splitOut,
	webhook,
} from '../../scripts/n8n/workflowBuilder';

/** The name of the measured node in every workflow. */
export const MEASURED_NODE = 'Measured';

/** The compared nodes: Sahut, n8n's alternative, and the floor (a minimal loop). */
export const NODE_NAMES = { sahut: 'Sahut', httpRequest: 'HTTP Request', floor: 'floor' };
export type Contestant = keyof typeof NODE_NAMES;
export const CONTESTANTS = Object.keys(NODE_NAMES) as Contestant[];

const CONVERSATION = '={{ $json.body.conversation }}';
const PER_ITEM = { conversation: '={{ $json.conversation }}', text: '={{ $json.text }}' };
const AUTHENTICATION = {
	authentication: 'predefinedCredentialType',
	nodeCredentialType: 'sahutApi',
};
/** As n8n's documentation recommends for an API with page numbers. */
const PAGINATION = {
	paginationMode: 'updateAParameterInEachRequest',
	parameters: { parameters: [{ type: 'qs', name: 'page', value: '={{ $pageCount + 1 }}' }] },
	paginationCompleteWhen: 'other',
	completeExpression: '={{ $response.body.meta.page >= $response.body.meta.total_pages }}',
};

/** Creates the workflows of the benchmarks. Each starts with a webhook whose path is the workflow's name. */
export function createWorkflows(baseUrl: string, credentialId: string) {
	const credentials = sahutCredential(credentialId);
	const httpRequest = (parameters: INode['parameters'], overrides: Partial<INode> = {}) =>
		node(
			MEASURED_NODE,
			'n8n-nodes-base.httpRequest',
			4.5,
			{ ...AUTHENTICATION, ...parameters },
			{ credentials, ...overrides },
		);
	const list = (parameters: INode['parameters']) => ({
		sahut: sahut(MEASURED_NODE, credentialId, {
			resource: 'message',
			operation: 'list',
			conversationId: byId(CONVERSATION),
			...parameters,
		}),
		httpRequest: httpRequest({
			url: `=${baseUrl}/conversations/{{ $json.body.conversation }}/messages`,
			sendQuery: true,
			queryParameters: { parameters: [{ name: 'per_page', value: '100' }] },
			options: { pagination: { pagination: PAGINATION } },
		}),
	});

	const send = (concurrency?: number): Record<Contestant, INode> => ({
		sahut: sahut(MEASURED_NODE, credentialId, {
			resource: 'message',
			operation: 'send',
			messageType: 'text',
			conversationId: byId(PER_ITEM.conversation),
			content: PER_ITEM.text,
			...(concurrency !== undefined && { options: { concurrency } }),
		}),
		httpRequest: httpRequest(
			{
				method: 'POST',
				url: `=${baseUrl}/conversations/{{ $json.conversation }}/messages`,
				sendBody: true,
				bodyParameters: { parameters: [{ name: 'content', value: PER_ITEM.text }] },
				options: {},
			},
			// Otherwise the first failed item hides the results of the others.
			{ onError: 'continueRegularOutput' },
		),
		floor: node(
			MEASURED_NODE,
			'CUSTOM.sahutFloor',
			1,
			{ ...PER_ITEM, concurrency: concurrency ?? 5 },
			{ credentials },
		),
	});

	const named = (name: string, ...nodes: INode[]): WorkflowContent => {
		const workflow = chain(name, webhook('Start', name), ...nodes);
		const settings = { ...workflow.settings, saveDataSuccessExecution: 'none' as const };
		return { ...workflow, settings };
	};
	return {
		/** Reads messages. Call it with `{ conversation }`. */
		list: (contestant: 'httpRequest' | 'sahut', name: string, parameters: INode['parameters']) =>
			named(name, list(parameters)[contestant]),
		/** Reads all messages, and outputs one item for each. Call it with `{ conversation }`. */
		listInItems: (contestant: Contestant, name: string) =>
			named(
				name,
				contestant === 'floor'
					? node(
							MEASURED_NODE,
							'CUSTOM.sahutFloorList',
							1,
							{ conversation: CONVERSATION },
							{ credentials },
						)
					: list({ returnAll: true })[contestant],
				...(contestant === 'httpRequest' ? [splitOut('Split Out', 'data')] : []),
			),
		/** Runs any operation. Call it with `{ rows }`. */
		operation: (name: string, parameters: INode['parameters']) =>
			named(name, splitOut('Rows', 'body.rows'), sahut(MEASURED_NODE, credentialId, parameters)),
		/** Starts with a Sahut Trigger, whose URL ends in `/webhook/<name>/webhook`. */
		trigger: (name: string): WorkflowContent =>
			chain(
				name,
				sahutTrigger('Start', credentialId, name),
				node('End', 'n8n-nodes-base.noOp', 1, {}),
			),
		/** Sends texts. Call it with `{ rows: [{ conversation, text }] }`. */
		send: (contestant: Contestant, name: string, concurrency?: number) =>
			named(name, splitOut('Rows', 'body.rows'), send(concurrency)[contestant]),
	};
}

export type Workflows = ReturnType<typeof createWorkflows>;
