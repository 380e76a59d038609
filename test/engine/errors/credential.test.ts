// The HTTP Request node uses the older form of a request, and so do its stand-ins here.
/* eslint-disable @n8n/community-nodes/no-deprecated-workflow-functions */
import { RoutingNode, type ExecuteContext } from 'n8n-core';
import type { IExecuteFunctions, INodeType, IRequestOptions } from 'n8n-workflow';

import { loadPackage, runWorkflow, sahutWorkflow } from '../../support/engine';
import { openServer } from '../../support/localServer';
import { openWorkspace, sendText, type Workspace } from '../../support/workspace';

/** A node of another package with our credential; `execute` is all that differs. */
function nodeWithCredential(
	execute: INodeType['execute'],
	more: Partial<INodeType['description']> = {},
): INodeType {
	return {
		description: {
			displayName: 'Other',
			name: 'other',
			group: ['transform'],
			version: 1,
			description: 'Uses the Sahut credential',
			defaults: { name: 'Other' },
			inputs: ['main'],
			outputs: ['main'],
			credentials: [{ name: 'sahutApi', required: true }],
			properties: [],
			...more,
		},
		execute,
	};
}

async function runOther(node: INodeType, { credentials }: Pick<Workspace, 'credentials'>) {
	const { nodes, connections } = sahutWorkflow({});
	nodes[1]!.type = 'other.other';
	return await runWorkflow({ nodes, connections, credentials, nodeTypes: { 'other.other': node } });
}

/** What n8n's HTTP Request node does with a predefined credential type. */
function httpRequestNode(uri: string, more: Partial<IRequestOptions> = {}): INodeType {
	return nodeWithCredential(async function (this: IExecuteFunctions) {
		const json = await this.helpers.requestWithAuthentication.call(this, 'sahutApi', {
			uri,
			json: true,
			...more,
		});
		return [[{ json }]];
	});
}

/** What n8n does to test a credential: a declarative request of a node that has nothing else. */
async function credentialTest(): Promise<INodeType> {
	const loader = await loadPackage();
	const { test } = loader.getCredential('sahutApi').type;
	const routing = { request: test!.request };
	const node = nodeWithCredential(
		async function (this: IExecuteFunctions) {
			return (await new RoutingNode(this as ExecuteContext, node).runNode()) ?? [];
		},
		{ properties: [{ displayName: 'Temp', name: 'temp', type: 'string', default: '', routing }] },
	);
	return node;
}

it('the API key and the base URL are used without what was pasted along with them', async () => {
	const workspace = await openWorkspace();
	const [conversation] = workspace.addConversations(1);
	const { apiKey, url } = workspace.sandbox;
	const sahutApi = { apiKey: `  bearer   ${apiKey} `, baseUrl: ` ${url}// ` };

	await workspace.run(
		sendText,
		[{ conversation, text: 'Halo' }],
		{},
		{ credentials: { sahutApi } },
	);

	const [request] = workspace.sandbox.journal.entries;
	expect(request!.headers.authorization).toBe(`Bearer ${apiKey}`);
	expect(workspace.sent(conversation!)).toEqual(['Halo']);
});

it.each([
	['http://api.sahut.id/v1', 'would send your API key across the network unencrypted'],
	['https://api.sahut.id/v1?key=1', 'is not a web address'],
])('the base URL %j is refused', async (baseUrl, message) => {
	const { run } = await openWorkspace();
	const credentials = { sahutApi: { apiKey: 'sk_live_1', baseUrl } };

	const { error } = await run(
		sendText,
		[{ conversation: 'conv_1', text: 'Halo' }],
		{},
		{ credentials },
	);

	expect(error?.message).toContain(message);
	expect(error?.description).toContain('Open the Sahut credential');
});

describe('the credential test', () => {
	it('reads one conversation', async () => {
		const workspace = await openWorkspace();
		workspace.addConversations(2);
		workspace.credentials.sahutApi!.baseUrl = ` ${workspace.sandbox.url}/ `;

		const { status } = await runOther(await credentialTest(), workspace);

		expect(status).toBe('success');
		expect(workspace.sandbox.journal.entries[0]).toMatchObject({
			method: 'GET',
			path: '/conversations',
			query: { per_page: '1' },
		});
	});

	it('does not pass with a wrong key', async () => {
		const workspace = await openWorkspace();
		workspace.credentials.sahutApi!.apiKey = 'sk_live_wrong';

		const { status } = await runOther(await credentialTest(), workspace);

		expect(status).toBe('error');
		expect(workspace.sandbox.journal.entries.map((entry) => entry.status)).toContain(401);
	});

	it('says why plain http is refused', async () => {
		const sahutApi = { apiKey: 'sk_live_1', baseUrl: 'http://api.sahut.id/v1' };
		const { error } = await runOther(await credentialTest(), { credentials: { sahutApi } });
		expect(error?.message).toContain('would send your API key across the network unencrypted');
	});
});

describe('in the HTTP Request node', () => {
	it('signs requests to Sahut', async () => {
		const workspace = await openWorkspace();
		const [conversation] = workspace.addConversations(1);
		const uri = `${workspace.sandbox.url}/conversations/${conversation}`;

		const { output } = await runOther(httpRequestNode(uri), workspace);

		expect(output('Sahut')[0]!.json).toMatchObject({ data: { id: conversation } });
	});

	it('does not give the key to any other address', async () => {
		const workspace = await openWorkspace();
		const other = await openWorkspace();

		const { error } = await runOther(httpRequestNode(`${other.sandbox.url}/contacts`), workspace);

		expect(error?.message).toMatch(
			/This Sahut API key is for http:\S+, but the request goes to http/,
		);
		expect(other.requests()).toEqual([]);
	});

	it('does not give the key to where a redirect leads', async () => {
		const keys: Array<string | undefined> = [];
		const other = await openServer(({ headers }, response) => {
			keys.push(headers.authorization);
			response.end('{}');
		});
		const baseUrl = await openServer((_, response) => {
			response.writeHead(302, { location: other }).end();
		});
		const sahutApi = { apiKey: 'sk_live_1', baseUrl };

		await runOther(httpRequestNode(`${baseUrl}/contacts`), { credentials: { sahutApi } });

		expect(keys).toEqual([undefined]);
	});
});
