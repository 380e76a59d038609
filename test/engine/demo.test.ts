import { findProblems } from '../../scripts/demo/check';
import { demo } from '../../scripts/demo/report';
import { runDemo } from '../../scripts/demo/run';
import { openSandbox, type OpenSandbox } from '../support/openSandbox';

let sandbox: OpenSandbox;

beforeEach(async () => {
	sandbox = await openSandbox();
});

it('is content when everything was sent and read', async () => {
	const print = jest.fn();
	expect(await demo(sandbox, print)).toBe(true);
	const printed = print.mock.calls.join('\n');
	for (const text of [
		sandbox.url,
		'(0857) 0000 1004',
		'→ +6285700001004',
		'contact created',
		'6 of 7 rows got one message each',
		'Put aside, for want of a phone number: Fitri Handayani.',
	]) {
		expect(printed).toContain(text);
	}
});

it('is not content when a message was refused, and says why', async () => {
	sandbox.faults.add({ method: 'POST', path: /messages$/, kind: 'status', status: 422 });
	const print = jest.fn();
	expect(await demo(sandbox, print)).toBe(false);
	const printed = print.mock.calls.join('\n');
	expect(printed).toContain('Not sent: Sahut refused the data');
	expect(printed).toMatch(/✗ Messages about ORD-2041: \[\], not \[{"to":/);
});

it('finds a second message, a wrong customer, wrong values, a stray, a second contact, a lost row and a gap', async () => {
	const run = await runDemo(sandbox);
	expect(findProblems(run)).toEqual([]);

	const [budi, siti, made, ...others] = run.rows.flatMap(({ order_id }) =>
		run.deliveries.filter(({ message }) => message.template_variables?.['order_id'] === order_id),
	);
	const withVariables = (variables: Record<string, string>) => ({
		...made!,
		message: { ...made!.message, template_variables: variables },
	});
	const wrong = {
		...run,
		deliveries: [
			...[budi!, budi!, { ...siti!, conversation: budi!.conversation }, ...others],
			withVariables({ ...made!.message.template_variables, total: 'Rp 1' }),
			withVariables({}),
		],
		contacts: [...run.contacts, made!.conversation.contact],
		notSent: [],
		transcript: run.transcript.slice(1),
		stoppedBy: 'a cause',
	};
	expect(findProblems(wrong)).toEqual([
		'What stopped the workflow: "a cause", not ',
		expect.stringMatching(/^Messages about ORD-2041: \[{.*},{.*}\], not \[{/),
		expect.stringMatching(/^Messages about ORD-2043: .*\+6281200001001.*, not .*\+6281300001002/),
		expect.stringMatching(/^Messages about ORD-2044: .*"Rp 1".*, not /),
		'Number of messages: 8, not 6',
		'Rows put aside: [], not ["ORD-2055"]',
		expect.stringMatching(/^Contacts with these numbers: /),
		expect.stringMatching(/^Messages that were read: /),
	]);
});
