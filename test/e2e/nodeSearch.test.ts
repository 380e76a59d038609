import { createRequire } from 'node:module';
import type { INodeTypeDescription } from 'n8n-workflow';

import { openNewWorkflow, searchNodes } from '../../scripts/editor';
import { installN8n, until } from '../../scripts/n8n';
import { testInEditor, useEditor } from './editor/editorFixture';
import { N8N_VERSION } from './n8nFixture';

/** The part of n8n's node catalog that its AI assistant and its MCP server search. */
interface NodeCatalog {
	NodeTypeParser: new (nodes: INodeTypeDescription[]) => NodeTypeParser;
	searchCodeBuilderNodes(parser: NodeTypeParser, queries: string[]): { results: string };
}

interface NodeTypeParser {
	searchNodeTypes(query: string, limit: number): Array<{ id: string }>;
}

const ACTION = 'n8n-nodes-sahut.sahut';
const TRIGGER = 'n8n-nodes-sahut.sahutTrigger';
/** The number of results that n8n's AI assistant reads by default. */
const ASSISTANT_LIMIT = 10;
/** The time in which the picker shows the results of a new search. */
const SEARCH_TIMEOUT_MS = 20_000;

const ACTION_QUERIES = ['send whatsapp message', 'follow up customer', 'whatsapp template'];
const TRIGGER_QUERIES = ['whatsapp trigger', 'incoming whatsapp message', 'customer reply'];

const fixture = useEditor('nodeSearch');

describe("n8n's node picker", () => {
	// The picker shows both nodes as one entry, and searches only the aliases of the action node.
	testInEditor(fixture, 'shows Sahut in the first three results for each query', async () => {
		for (const query of [...ACTION_QUERIES, ...TRIGGER_QUERIES]) {
			await openNewWorkflow(fixture.page);
			const names = await searchNodes(fixture.page, query);

			await until(
				`Sahut in the first three results for "${query}"`,
				SEARCH_TIMEOUT_MS,
				async () => {
					const results = await names.allInnerTexts();
					return results.slice(0, 3).includes('Sahut') || undefined;
				},
			);
		}
	});
});

describe('The search of n8n for AI models', () => {
	let catalog: NodeCatalog;
	let parser: NodeTypeParser | undefined;

	// Not in beforeAll, because each test has its own browser page.
	beforeEach(async () => {
		if (parser) return;
		const { n8n } = await installN8n(N8N_VERSION);
		catalog = createRequire(n8n)('@n8n/ai-utilities/node-catalog') as NodeCatalog;
		const response = await fixture.page.request.get('/types/nodes.json');
		parser = new catalog.NodeTypeParser((await response.json()) as INodeTypeDescription[]);
	});

	const search = (query: string, limit = ASSISTANT_LIMIT) =>
		parser!.searchNodeTypes(query, limit).map(({ id }) => id);

	// It rates each word alone, and the name of a node above its aliases. So the nodes that have "WhatsApp" or
	// "Customer" in their names are always first, and "whatsapp trigger" finds only them and other triggers.
	it('returns the Sahut nodes for several words', () => {
		const queries = [
			...ACTION_QUERIES.map((query) => [query, ACTION] as const),
			['incoming whatsapp message', TRIGGER],
			['customer reply', TRIGGER],
			['whatsapp', ACTION],
			['whatsapp', TRIGGER],
		] as const;

		expect(queries.filter(([query, node]) => !search(query).includes(node))).toEqual([]);
	});

	it('ranks the Sahut nodes in the first three for a word that others do not have', () => {
		const queries = [
			['broadcast', ACTION],
			['follow-up', ACTION],
			['shared inbox', ACTION],
			['incoming', TRIGGER],
			['shared inbox', TRIGGER],
		] as const;

		expect(queries.filter(([query, node]) => !search(query, 3).includes(node))).toEqual([]);
	});

	it('returns when to use each node and operation, and which node follows', () => {
		const { results } = catalog.searchCodeBuilderNodes(parser!, ['shared inbox']);

		expect(results).toContain(`- ${ACTION}\n`);
		expect(results).toContain('@builderHint Use Message: Send to answer in a conversation');
		expect(results).toContain(`- ${TRIGGER}: "Starts the workflow when a customer writes`);
		expect(results).toContain('@builderHint Use this for messages that the business starts');
		expect(results).toContain(`- ${TRIGGER} [TRIGGER]`);
		expect(results).toContain('@builderHint Starts for each message of a customer');
		expect(results).toContain(`- ${ACTION}: "Answers in the conversation`);
	});
});
