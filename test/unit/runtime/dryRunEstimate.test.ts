import { estimateDuration } from '../../../nodes/Sahut/runtime/dryRunEstimate';

const REQUEST = { method: 'POST', url: 'https://api.sahut.id/v1/conversations/conv_1/messages' };

/** The output of a Dry Run of Message: Send. */
const SEND = { dryRun: true, request: REQUEST };

/** Returns the output of a Dry Run of Send to Phone Number. */
const toPhone = (requests: number) => ({
	dryRun: true,
	requests: Array.from({ length: requests }, () => REQUEST),
});

const SKIPPED = { dryRun: true, skipped: true, skip_reason: 'sent_before' };

const repeat = <T>(record: T, count: number) => Array.from({ length: count }, () => record);

describe('The estimate of a Dry Run', () => {
	it.each([
		['the request of a message', [SEND], 0, '1 request'],
		['the requests to a new customer', [toPhone(3)], 0, '3 requests'],
		['the requests that the Dry Run has made', [SEND, SEND], 5, '7 requests'],
		['no request for a skipped item', [SKIPPED, SEND], 2, '3 requests'],
		['only reads, if all items are skipped', [SKIPPED], 1, '1 request'],
		[
			'no request for a failed item',
			[{ error: { reason: 'invalid_input' } }, SEND],
			0,
			'1 request',
		],
	])('counts %s', (_, records, made, expected) => {
		expect(estimateDuration(records, made)).toContain(`Sending would take about ${expected}:`);
	});

	it('states the minutes on each plan', () => {
		expect(estimateDuration(repeat(SEND, 10_000), 500)).toBe(
			'Sending would take about 10,500 requests: 175 minutes on Starter (60 requests per minute), 35 minutes on Pro (300 requests per minute), 11 minutes on Business (1,000 requests per minute).',
		);
	});

	it('rounds minutes, with a singular and a lower limit', () => {
		expect(estimateDuration(repeat(SEND, 80), 0)).toContain(
			'1 minute on Starter (60 requests per minute), less than a minute on Pro',
		);
	});

	it('names no plan if each takes less than a minute', () => {
		expect(estimateDuration(repeat(SEND, 59), 0)).toBe(
			'Sending would take about 59 requests: less than a minute on every plan.',
		);
	});

	it('uses separators for thousands of minutes', () => {
		expect(estimateDuration([SEND], 60 * 1_200)).toContain('1,200 minutes on Starter');
	});
});
