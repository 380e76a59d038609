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

/** The node that is measured, in every workflow. */
export const MEASURED = 'Measured';

/** Who does the work: our node, what people would take instead, and the least that n8n needs. */
export const NAMES = { sahut: 'Sahut', httpRequest: 'HTTP Request', floor: 'floor' };
export type Contestant = keyof typeof NAMES;
export const CONTESTANTS = Object.keys(NAMES) as Contestant[];

const CONVERSATION = '={{ $json.body.conversation }}';
const PER_ITEM = { conversation: '={{ $json.conversation }}', text: '={{ $json.text }}' };
const AUTHENTICATION = {
	authentication: 'predefinedCredentialType',
	nodeCredentialType: 'sahutApi',
};
/** As the documentation of n8n advises for an API that counts its pages. */
const PAGINATION = {
	paginationMode: 'updateAParameterInEachRequest',
	parameters: { parameters: [{ type: 'qs', name: 'page', value: '={{ $pageCount + 1 }}' }] },
	paginationCompleteWhen: 'other',
	completeExpression: '={{ $response.body.meta.page >= $response.body.meta.total_pages }}',
};

/** The workflows of the benchmarks. Each starts with a webhook, whose path is the workflow's name. */
export function workflowsFor(baseUrl: string, credentialId: string) {
	const credentials = sahutCredential(credentialId);
	const httpRequest = (parameters: INode['parameters'], more: Partial<INode> = {}) =>
		node(
			MEASURED,
			'n8n-nodes-base.httpRequest',
			4.5,
			{ ...AUTHENTICATION, ...parameters },
			{ credentials, ...more },
		);
	const list = (parameters: INode['parameters']) => ({
		sahut: sahut(MEASURED, credentialId, {
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
		sahut: sahut(MEASURED, credentialId, {
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
			// Without it, the first that is turned back hides what became of the others.
			{ onError: 'continueRegularOutput' },
		),
		floor: node(
			MEASURED,
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
		/** Call it with `{ conversation }`. */
		list: (who: 'httpRequest' | 'sahut', name: string, parameters: INode['parameters']) =>
			named(name, list(parameters)[who]),
		/** All messages, one item for each at the end, whoever does it. */
		listInItems: (who: Contestant, name: string) =>
			named(
				name,
				who === 'floor'
					? node(
							MEASURED,
							'CUSTOM.sahutFloorList',
							1,
							{ conversation: CONVERSATION },
							{ credentials },
						)
					: list({ returnAll: true })[who],
				...(who === 'httpRequest' ? [splitOut('Split Out', 'data')] : []),
			),
		/** Any operation. Call it with `{ rows }`. */
		operation: (name: string, parameters: INode['parameters']) =>
			named(name, splitOut('Rows', 'body.rows'), sahut(MEASURED, credentialId, parameters)),
		/** Starts by a Sahut Trigger, whose address ends in `/webhook/<name>/webhook`. */
		trigger: (name: string): WorkflowContent =>
			chain(
				name,
				sahutTrigger('Start', credentialId, name),
				node('End', 'n8n-nodes-base.noOp', 1, {}),
			),
		/** Call it with `{ rows: [{ conversation, text }] }`. */
		send: (who: Contestant, name: string, concurrency?: number) =>
			named(name, splitOut('Rows', 'body.rows'), send(concurrency)[who]),
	};
}

export type Workflows = ReturnType<typeof workflowsFor>;
