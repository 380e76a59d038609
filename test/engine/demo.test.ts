import { demo } from '../../scripts/demo/demo';
import { findProblems } from '../../scripts/demo/check';
import { runDemo } from '../../scripts/demo/run';
import type { Fault, Sandbox } from '../../sandbox';
import { openSandbox } from '../support/openSandbox';

const MESSAGES = /messages$/;
const ROWS_WITH_A_NUMBER = 6;

let sandbox: Sandbox;

beforeEach(async () => {
	sandbox = await openSandbox();
});

/** What the demo prints and whether it is content, when this goes wrong with a request to send. */
async function demoWith(fault: Fault): Promise<{ complete: boolean; printed: string }> {
	sandbox.faults.add({ method: 'POST', path: MESSAGES, ...fault });
	const lines: string[] = [];
	const complete = await demo(sandbox, (text) => lines.push(text));
	return { complete, printed: lines.join('\n') };
}

it('is content when everything was sent and read', async () => {
	const lines: string[] = [];
	expect(await demo(sandbox, (text) => lines.push(text))).toBe(true);
	const printed = lines.join('\n');
	expect(printed).toContain(sandbox.url);
	expect(printed).toContain('6 of 7 rows got one message each');
	expect(printed).toContain('Put aside, for want of a phone number: Fitri Handayani.');
	for (const text of ['(0857) 0000 1004', '→ +6285700001004', 'contact created']) {
		expect(printed).toContain(text);
	}
});

it('names the row whose message was refused, and why', async () => {
	const { complete, printed } = await demoWith({ kind: 'status', status: 422 });
	expect(complete).toBe(false);
	expect(printed).toMatch(/✗ ORD-\d+ of .+ got 0 messages instead of one: Sahut refused the data/);
});

it.each([/^\/contacts$/, /^\/conversations$/, MESSAGES])(
	'is content when an answer from %s was lost, since the node finds what was made',
	async (path) => {
		const { complete } = await demoWith({ kind: 'statusAfterStore', status: 500, path });
		expect(complete).toBe(true);
	},
);

it('says so when nothing at all was sent', async () => {
	const { complete, printed } = await demoWith({ kind: 'status', status: 403, times: Infinity });
	expect(complete).toBe(false);
	expect(printed.match(/got 0 messages instead of one/g)).toHaveLength(ROWS_WITH_A_NUMBER);
	expect(printed).toContain('✗ No conversation was read');
});

it('finds a second message, wrong values, a wrong customer, a stray message, a second contact and a gap', async () => {
	const run = await runDemo(sandbox);
	expect(findProblems(run)).toEqual([]);

	const [budi, siti, made, ...others] = run.rows.flatMap(({ order_id }) =>
		run.deliveries.filter(({ message }) => message.template_variables?.['order_id'] === order_id),
	);
	const template_variables = { order_id: 'ORD-2043', customer_name: 'Budi', total: 'Rp 1' };
	const deliveries = [
		budi!,
		budi!,
		{ ...siti!, message: { ...siti!.message, template_variables } },
		{ ...made!, conversation: budi!.conversation },
		...others,
		{ ...budi!, message: { ...budi!.message, template_variables: {} } },
	];
	const contacts = [...run.contacts, others[0]!.conversation.contact];

	expect(
		findProblems({ ...run, deliveries, contacts, transcript: run.transcript.slice(1) }),
	).toEqual([
		'ORD-2041 of Budi Santoso got 2 messages instead of one',
		expect.stringContaining('ORD-2043 of Siti Aminah got the variables'),
		'ORD-2044 of Made Wirawan went to +6281200001001 instead of +6285600001003',
		expect.stringContaining('got a message that is for no row'),
		'There are 2 contacts with +6285700001004 instead of one',
		expect.stringContaining('The transcript has the messages'),
	]);
});

it('finds a row that is neither sent nor put aside, and one that is not marked', async () => {
	const run = await runDemo(sandbox);
	expect(findProblems({ ...run, marked: run.marked.slice(1), notSent: [] })).toEqual([
		'ORD-2041 of Budi Santoso is not marked as sent',
		'ORD-2055 of Fitri Handayani is not among those that were not sent',
	]);
});
