import { findProblems, runAndReportDemo } from '../../../scripts/demo/report';
import { runDemo } from '../../../scripts/demo/run';
import { openSandbox, type OpenSandbox } from '../../support/openSandbox';

let sandbox: OpenSandbox;

beforeEach(async () => {
	sandbox = await openSandbox();
});

it('The demo succeeds and reports what it has sent', async () => {
	const print = jest.fn();

	const succeeded = await runAndReportDemo(sandbox, print);

	expect(succeeded).toBe(true);
	const printed = print.mock.calls.join('\n');
	for (const text of [
		sandbox.url,
		'(0857) 0000 1004',
		'→ +6285700001004',
		'contact created',
		'6 of 7 rows got one message each',
		'Not sent, because the row has no phone number: Fitri Handayani.',
	]) {
		expect(printed).toContain(text);
	}
});

it('The demo fails and reports the reason if a message was rejected', async () => {
	// All messages, since any of the first ones may arrive first.
	const refusal = { kind: 'status', status: 422, times: Infinity } as const;
	sandbox.faults.add({ method: 'POST', path: /messages$/, ...refusal });
	const print = jest.fn();

	const succeeded = await runAndReportDemo(sandbox, print);

	expect(succeeded).toBe(false);
	const printed = print.mock.calls.join('\n');
	expect(printed).toContain('Not sent: Sahut refused to send the message');
	expect(printed).toContain('✗ Messages about ORD-2041: 0');
});

it('The demo reports duplicate, unrelated and missing messages, duplicate contacts, and an error of the workflow', async () => {
	const run = await runDemo(sandbox);
	expect(findProblems(run)).toEqual([]);
	const [first] = run.deliveries;
	const stray = { ...first!, message: { ...first!.message, template_variables: {} } };
	const wrong = {
		...run,
		deliveries: [...run.deliveries, first!, stray],
		contacts: [...run.contacts, first!.conversation.contact],
		transcript: run.transcript.slice(1),
		workflowError: 'a cause',
	};
	expect(findProblems(wrong)).toEqual([
		'The workflow stopped: a cause',
		'Messages about ORD-2041: 2',
		'Messages that belong to no row: 1',
		'Two contacts have the phone number +6281200001001',
		'2 of 3 messages were read',
	]);
});
