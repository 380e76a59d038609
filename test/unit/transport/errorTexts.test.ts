import { toNodeApiError } from '../../../nodes/Sahut/transport/errors';
import type { Outcome } from '../../../nodes/Sahut/transport/outcome';
import type { SahutRequest } from '../../../nodes/Sahut/transport/types';

const NODE = {
	id: '1',
	name: 'Sahut',
	type: 'n8n-nodes-sahut.sahut',
	typeVersion: 1,
	position: [0, 0] as [number, number],
	parameters: {},
};
const CHECK_FIRST =
	'Sahut may have processed this request, so the node does not repeat it. Check in Sahut before you send it again.';

const withStatus = (status: number): Outcome => ({
	kind: 'response',
	status,
	headers: {},
	body: {},
});
const withoutResponse = (code: string, detail = ''): Outcome => ({
	kind: 'noResponse',
	code,
	detail,
});

/** Returns the texts of the error of a failed request that creates a webhook or, with GET, reads contacts. */
function textsOf(method: 'GET' | 'POST', outcome: Outcome, waitMs?: number) {
	const request: SahutRequest = { method, path: [], expects: 'record' };
	const wording = { action: method === 'GET' ? 'read contacts' : 'create a webhook' };
	const facts = { origin: 'https://api.sahut.id', timeoutMs: 30_000, waitMs };
	const { message, description } = toNodeApiError(NODE, request, wording, outcome, facts);
	return [message, description];
}

it.each<[string, Outcome, string]>([
	['a 500', withStatus(500), 'Sahut responded with an error to the request to %s (status 500)'],
	['a 408', withStatus(408), 'The request to %s timed out (status 408)'],
	[
		'a timeout',
		withoutResponse('ECONNABORTED'),
		'Sahut did not respond within 30 seconds to the request to %s',
	],
	[
		'a lost connection',
		withoutResponse(''),
		'The connection was lost before Sahut responded to the request to %s',
	],
])('after %s, only a read may simply be tried again', (_, outcome, message) => {
	expect(textsOf('GET', outcome)).toEqual([
		message.replace('%s', 'read contacts'),
		'Try again later.',
	]);
	expect(textsOf('POST', outcome)).toEqual([
		message.replace('%s', 'create a webhook'),
		CHECK_FIRST,
	]);
});

it('quotes the text of n8n, which may advise a retry, only for a read', () => {
	const outcome = withoutResponse('ECONNRESET', 'You can retry the request immediately');

	expect(textsOf('GET', outcome)[1]).toBe('n8n reports: "You can retry the request immediately".');
	expect(textsOf('POST', outcome)[1]).toBe(`The error code is ECONNRESET. ${CHECK_FIRST}`);
});

it.each([
	[0, '. Wait 1 second'],
	[1_000, '. Wait 1 second'],
	[1_500, '. Wait 2 seconds'],
	[undefined, '. Sahut did not state how long to wait'],
])('states a wait of %s ms for the rate limit', (waitMs, wait) => {
	const [message] = textsOf('GET', withStatus(429), waitMs);

	expect(message).toBe(`The rate limit of your Sahut plan was reached${wait}`);
});
