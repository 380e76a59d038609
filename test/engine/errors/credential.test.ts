// n8n's HTTP Request node uses deprecated functions, and so do these fakes of it.
/* eslint-disable @n8n/community-nodes/no-deprecated-workflow-functions */
import { RoutingNode, type ExecuteContext } from 'n8n-core';
import type { IExecuteFunctions, INodeType, IRequestOptions } from 'n8n-workflow';

import { loadPackage, runWorkflow, sahutWorkflow } from '../../support/engine';
import { openServer } from '../../support/localServer';
import { openWorkspace, sendText, type Workspace } from '../../support/workspace';

/** Creates a node type of another package that uses the Sahut credential. */
function nodeWithCredential(
	execute: INodeType['execute'],
	overrides: Partial<INodeType['description']> = {},
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
			...overrides,
		},
		execute,
	};
}

/** Runs a node type of another package in a workflow. */
async function runNode(node: INodeType, { credentials }: Pick<Workspace, 'credentials'>) {
	const { nodes, connections } = sahutWorkflow({});
	nodes[1]!.type = 'other.other';
	return await runWorkflow({ nodes, connections, credentials, nodeTypes: { 'other.other': node } });
}

/** Makes a request as n8n's HTTP Request node does with a predefined credential type. */
function httpRequestNode(uri: string, overrides: Partial<IRequestOptions> = {}): INodeType {
	return nodeWithCredential(async function (this: IExecuteFunctions) {
		const json = await this.helpers.requestWithAuthentication.call(this, 'sahutApi', {
			uri,
			json: true,
			...overrides,
		});
		return [[{ json }]];
	});
}

/** Tests the credential as n8n does: with a node that only makes a declarative request. */
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

it('Whitespace and other additions to the API key and the Base URL are removed', async () => {
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
])('The Base URL %j is rejected', async (baseUrl, message) => {
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

describe('The credential test', () => {
	it('reads one conversation', async () => {
		const workspace = await openWorkspace();
		workspace.addConversations(2);
		workspace.credentials.sahutApi!.baseUrl = ` ${workspace.sandbox.url}/ `;

		const { status } = await runNode(await credentialTest(), workspace);

		expect(status).toBe('success');
		expect(workspace.sandbox.journal.entries[0]).toMatchObject({
			method: 'GET',
			path: '/conversations',
			query: { per_page: '1' },
		});
	});

	it('fails with a wrong key', async () => {
		const workspace = await openWorkspace();
		workspace.credentials.sahutApi!.apiKey = 'sk_live_wrong';

		const { status } = await runNode(await credentialTest(), workspace);

		expect(status).toBe('error');
		expect(workspace.sandbox.journal.entries.map((entry) => entry.status)).toContain(401);
	});

	it('explains why plain HTTP is rejected', async () => {
		const sahutApi = { apiKey: 'sk_live_1', baseUrl: 'http://api.sahut.id/v1' };

		const { error } = await runNode(await credentialTest(), { credentials: { sahutApi } });

		expect(error?.message).toContain('would send your API key across the network unencrypted');
	});
});

describe('In the HTTP Request node, the credential', () => {
	it('adds the API key to requests to Sahut', async () => {
		const workspace = await openWorkspace();
		const [conversation] = workspace.addConversations(1);
		const uri = `${workspace.sandbox.url}/conversations/${conversation}`;

		const { output } = await runNode(httpRequestNode(uri), workspace);

		expect(output('Sahut')[0]!.json).toMatchObject({ data: { id: conversation } });
	});

	it('does not send the key to another address', async () => {
		const workspace = await openWorkspace();
		const other = await openWorkspace();

		const { error } = await runNode(httpRequestNode(`${other.sandbox.url}/contacts`), workspace);

		expect(error?.message).toMatch(
			/This Sahut API key is for http:\S+, but the request goes to http/,
		);
		expect(other.requests()).toEqual([]);
	});

	it('does not send the key to the target of a redirect', async () => {
		const keys: Array<string | undefined> = [];
		const other = await openServer(({ headers }, response) => {
			keys.push(headers.authorization);
			response.end('{}');
		});
		const baseUrl = await openServer((_, response) => {
			response.writeHead(302, { location: other }).end();
		});
		const sahutApi = { apiKey: 'sk_live_1', baseUrl };

		await runNode(httpRequestNode(`${baseUrl}/contacts`), { credentials: { sahutApi } });

		expect(keys).toEqual([undefined]);
	});
});
