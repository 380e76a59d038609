import { findProblems, runAndReportDemo } from '../../../scripts/demo/report';
import { runDemo } from '../../../scripts/demo/run';
import { openSandbox, type OpenSandbox } from '../../support/openSandbox';

let sandbox: OpenSandbox;

beforeEach(async () => {
	sandbox = await openSandbox();
});

it('is content when everything was sent and read', async () => {
	const print = jest.fn();
	expect(await runAndReportDemo(sandbox, print)).toBe(true);
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

it('is not content when a message was refused, and says why', async () => {
	sandbox.faults.add({ method: 'POST', path: /messages$/, kind: 'status', status: 422 });
	const print = jest.fn();
	expect(await runAndReportDemo(sandbox, print)).toBe(false);
	const printed = print.mock.calls.join('\n');
	expect(printed).toContain('Not sent: Sahut refused to send the message');
	expect(printed).toContain('✗ Messages about ORD-2041: 0');
});

it('finds a second message, a stray one, a second contact, a gap and a stop', async () => {
	const run = await runDemo(sandbox);
	expect(findProblems(run)).toEqual([]);
	const [first] = run.deliveries;
	const stray = { ...first!, message: { ...first!.message, template_variables: {} } };
	const wrong = {
		...run,
		deliveries: [...run.deliveries, first!, stray],
		contacts: [...run.contacts, first!.conversation.contact],
		transcript: run.transcript.slice(1),
		stoppedBy: 'a cause',
	};
	expect(findProblems(wrong)).toEqual([
		'The workflow stopped: a cause',
		'Messages about ORD-2041: 2',
		'Messages that belong to no row: 1',
		'Two contacts have the phone number +6281200001001',
		'2 of 3 messages were read',
	]);
});
