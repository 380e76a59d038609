import { retryDelayMs } from '../../nodes/Sahut/transport/retryPolicy';
import type { SahutRequest } from '../../nodes/Sahut/transport/types';
import type { Answer } from './answer';
import type { Findings } from './findings';

const RATE_LIMITED = 429;

function noteRetryAfter({ headers }: Answer, findings: Findings): void {
	const after = headers.get('retry-after');
	if (after === null) findings.note('retry-after-seconds', 'copes', 'no Retry-After');
	else if (/^\d+$/.test(after)) findings.note('retry-after-seconds', 'as assumed', 'in seconds');
	else findings.note('retry-after-seconds', 'copes', 'not in seconds');
}

/**
 * How long to wait before a request is made once more, as the nodes do; notes how a 429 says it.
 *
 * @returns undefined where its answer stands
 */
export function pauseAfter(
	answer: Answer,
	method: string,
	attempt: number,
	findings: Findings,
): number | undefined {
	const { status, headers, body } = answer;
	if (status === RATE_LIMITED) noteRetryAfter(answer, findings);
	const request = { method: method as SahutRequest['method'] };
	const outcome = { kind: 'answer', status, headers: Object.fromEntries(headers), body } as const;
	return retryDelayMs(request, outcome, attempt, { now: Date.now(), random: 1 });
}
