import { demo } from '../../scripts/demo/demo';
import { findProblems } from '../../scripts/demo/check';
import { customersOf, readExample } from '../../scripts/demo/example';
import { builtInNodes } from '../../scripts/demo/builtInNodes';
import { runDemo } from '../../scripts/demo/run';
import type { Fault, Sandbox } from '../../sandbox';
import { openSandbox } from '../sandbox/openSandbox';
import { runWorkflow } from './engine';

let sandbox: Sandbox;

beforeEach(async () => {
	sandbox = await openSandbox();
});

/** What the demo prints and whether it is content, when this goes wrong with a request to send. */
async function demoWith(fault: Fault): Promise<{ complete: boolean; printed: string }> {
	sandbox.faults.add({ method: 'POST', ...fault });
	const lines: string[] = [];
	const complete = await demo(sandbox, (text) => lines.push(text));
	return { complete, printed: lines.join('\n') };
}

describe('the example crm-follow-up.json', () => {
	it('sends each customer of its table one template with their own values', async () => {
		const { customers, stored } = await runDemo(sandbox);
		const delivered = customers.map(({ customer_name, conversation_id }) => ({
			customer: customer_name,
			messages: stored
				.get(conversation_id)
				?.map(({ template_id, template_variables }) => ({ template_id, ...template_variables })),
		}));
		const message = (customer_name: string, order_id: string, total: string) => ({
			customer: customer_name,
			messages: [{ template_id: 'tmpl_invoice_due', customer_name, order_id, total }],
		});
		expect(delivered).toEqual([
			message('Budi Santoso', 'ORD-2041', 'Rp 450.000'),
			message('Siti Aminah', 'ORD-2043', 'Rp 1.275.000'),
			message('Made Wirawan', 'ORD-2044', 'Rp 89.500'),
			message('Ratna Sari', 'ORD-2047', 'Rp 320.000'),
			message('Yusuf Hidayat', 'ORD-2052', 'Rp 2.150.000'),
			message('Fitri Handayani', 'ORD-2055', 'Rp 675.000'),
		]);
		expect([...stored.values()].flat()).toHaveLength(6);
	});

	it('reads the conversation of the first customer, once, with the new message at its end', async () => {
		const { customers, transcript, sent } = await runDemo(sandbox);
		const [budi] = customers;
		expect(transcript.map(({ id, content }) => ({ id, content }))).toEqual(
			sandbox.store.messages(budi!.conversation_id).map(({ id, content }) => ({ id, content })),
		);
		expect(transcript.at(-1)).toEqual(sent[0]);
		const reads = sandbox.journal.entries.filter(({ method }) => method === 'GET');
		expect(reads).toHaveLength(1);
	});

	it('takes a refused customer to Not sent with the reason, and sends to the others', async () => {
		sandbox.faults.add({ kind: 'status', status: 422, method: 'POST' });
		const { notSent, sent, customers } = await runDemo(sandbox);
		expect(sent).toHaveLength(customers.length - 1);
		expect(notSent).toHaveLength(1);
		expect(customers).toContainEqual(
			expect.objectContaining({ order_id: notSent[0]!['order_id'] }),
		);
		expect(notSent[0]!['error']).toMatchObject({
			status: 422,
			code: 'validation_error',
			message: expect.stringContaining('Sahut refused the data'),
			advice: expect.stringContaining('Injected fault'),
		});
	});

	it('sends nothing as long as its conversation IDs are not filled in', async () => {
		const { nodes, connections } = readExample();
		const credentials = { sahutApi: { id: '1', name: 'Sahut' } };
		const { status, output } = await runWorkflow({
			nodes: nodes.map((node) => ({ ...node, credentials })),
			connections,
			nodeTypes: builtInNodes,
			credentials: { sahutApi: { apiKey: sandbox.apiKey, baseUrl: sandbox.url } },
		});
		expect(status).toBe('success');
		expect(sandbox.journal.entries).toEqual([]);
		expect(output('Not sent').map(({ json }) => json['error'])).toEqual(
			customersOf(readExample()).map(({ conversation_id }) => ({
				message: `Conversation "${conversation_id}" is not an ID`,
				advice: expect.any(String),
			})),
		);
	});
});

describe('the demo', () => {
	it('is content when everything was sent and read', async () => {
		const lines: string[] = [];
		expect(await demo(sandbox, (text) => lines.push(text))).toBe(true);
		expect(lines.join('\n')).toContain(sandbox.url);
		expect(lines.join('\n')).toContain('6 customers got one message each');
	});

	it('names the customer whose message was refused, and why', async () => {
		const { complete, printed } = await demoWith({ kind: 'status', status: 422 });
		expect(complete).toBe(false);
		expect(printed).toMatch(/✗ .+ got 0 messages instead of one: Sahut refused the data/);
	});

	it('is content when an answer was lost, since the node finds the message', async () => {
		const { complete } = await demoWith({ kind: 'statusAfterStore', status: 500 });
		expect(complete).toBe(true);
	});

	it('says so when nothing at all was sent', async () => {
		const { complete, printed } = await demoWith({ kind: 'status', status: 403, times: Infinity });
		expect(complete).toBe(false);
		expect(printed.match(/got 0 messages instead of one/g)).toHaveLength(6);
		expect(printed).toContain('✗ No conversation was read');
	});

	it('finds a second message, wrong values, a stray message and a gap in the transcript', async () => {
		const run = await runDemo(sandbox);
		expect(findProblems(run)).toEqual([]);

		const [budi, siti] = run.customers;
		const stored = new Map(run.stored);
		const [message] = stored.get(budi!.conversation_id)!;
		const stranger = [...stored.keys()][0]!;
		stored.set(budi!.conversation_id, [message!, message!]);
		stored.set(siti!.conversation_id, [{ ...message!, id: 'msg_other' }]);
		stored.set(stranger, [message!]);
		expect(findProblems({ ...run, stored, transcript: run.transcript.slice(1) })).toEqual([
			'Budi Santoso got 2 messages instead of one',
			expect.stringContaining('Siti Aminah got the variables'),
			`Conversation ${stranger} got a message, but is not in the table`,
			expect.stringContaining('The transcript has the messages'),
		]);
	});
});
