import { describeProgress, summarizeRun } from '../../../nodes/Sahut/runtime/runSummary';

const SENT = { id: 'msg_1' };
const AS_TEXT = { ...SENT, sent_as: 'text' };
const AS_TEMPLATE = { ...SENT, sent_as: 'template' };
const skipped = (skip_reason: string, tag?: string) => ({ skipped: true, skip_reason, tag });

describe('The summary', () => {
	it.each([
		['3 of 3 items were sent.', [SENT, SENT, SENT], 3, 0],
		['0 of 2 items were sent, and 2 failed.', [], 2, 2],
		[
			'5 of 7 items were sent (3 as text, 2 as template), 1 was skipped (tag "stop"), and 1 failed.',
			[AS_TEXT, AS_TEMPLATE, AS_TEXT, AS_TEMPLATE, AS_TEXT, skipped('contact_tag', 'stop')],
			7,
			1,
		],
		[
			'0 of 4 items were sent, and 4 were skipped (2: sent before, 1: the customer wrote, 1: assigned to an agent).',
			[
				skipped('sent_before'),
				skipped('customer_wrote'),
				skipped('sent_before'),
				skipped('assigned'),
			],
			4,
			0,
		],
		[
			'0 of 2 items were sent, and 2 were skipped (sent before).',
			[skipped('sent_before'), skipped('sent_before')],
			2,
			0,
		],
	])('%s', (expected, records, total, failed) => {
		expect(describeProgress({ records, total, failed }, 'sent')).toBe(expected);
	});
});

describe('The hint of a run', () => {
	const run = { countRequests: () => 2, listed: { records: '', read: 0, total: 0 } };
	const planned = { dryRun: true, request: {} };
	const plannedSkip = { dryRun: true, ...skipped('sent_before') };

	it('states for a Dry Run how many items would be sent, skipped, and fail', () => {
		const counts = { records: [planned, plannedSkip], total: 3, failed: 1 };

		expect(summarizeRun(counts, 'sent', run)).toEqual({
			message: expect.stringMatching(
				/^Dry Run: nothing was sent\. 1 of 3 items would be sent, 1 would be skipped \(sent before\), and 1 failed\. Sending would take about 3 requests: /,
			),
			type: 'info',
		});
	});

	it('does not state that nothing was sent if only some items were Dry Runs', () => {
		const counts = { records: [SENT, planned, plannedSkip], total: 4, failed: 1 };

		expect(summarizeRun(counts, 'sent', run)?.message).toBe(
			'1 of 4 items were sent, 1 would be sent (Dry Run), 1 was skipped (sent before), and 1 failed.',
		);
	});

	it('warns of Test Number in a Dry Run too', () => {
		const counts = { records: [planned], total: 1, failed: 0 };

		expect(summarizeRun(counts, 'sent', { ...run, testPhone: '+6281299990000' })).toEqual({
			message: expect.stringMatching(
				/^Dry Run: nothing was sent\. Test Number: all messages go to \+6281299990000, and none to the customers\. 1 of 1 items would be sent\. Sending .* Remove Test Number to send to the customers\.$/,
			),
			type: 'warning',
		});
	});

	it('is missing for one item that succeeded', () => {
		expect(summarizeRun({ records: [SENT], total: 1, failed: 0 }, 'sent', run)).toBeUndefined();
	});
});
