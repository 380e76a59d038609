import type { Answer, Call } from './answer';
import type { Contract } from './contract';
import type { Findings } from './findings';
import { judge } from './judge';
import { noteTimes } from './times';
import { isRecord } from './values';

/** Clocks that are no further apart than this count as the same. */
const SAME_TIME_S = 5;

function noteDate(headers: Headers, findings: Findings): void {
	const date = Date.parse(headers.get('date') ?? '');
	if (Number.isNaN(date)) return findings.note('date-header', 'copes', 'not there');
	const apart = Math.round(Math.abs(date - Date.now()) / 1000);
	const clocks = apart > SAME_TIME_S ? `, ${apart} s from the clock of this computer` : '';
	findings.note('date-header', 'as assumed', `there${clocks}`);
}

/** An answer whose record is not in `data`, as if it were; whether it is taken like that. */
function unwrap(operationId: string, body: unknown, findings: Findings): unknown {
	if (!isRecord(body) || 'meta' in body || Array.isArray(body['data'])) return body;
	const isPlain = body['data'] === undefined && Boolean(body['id']);
	if (isPlain) findings.note('records-in-data', 'copes', `not in ${operationId}`);
	else if (isRecord(body['data'])) findings.note('records-in-data', 'as assumed', 'it does');
	return isPlain ? { data: body } : body;
}

function noteSuccess(
	operationId: string,
	{ body: answered }: Answer,
	contract: Contract,
	findings: Findings,
): void {
	const body = unwrap(operationId, answered, findings);
	const problems = contract.check(operationId, 200, body) ?? [];
	for (const problem of problems) judge(operationId, problem, findings);
	const further = contract.furtherFields(operationId, body);
	for (const field of further) {
		findings.note('no-further-fields', 'copes', `${operationId}: ${field}`);
	}
	if (!isRecord(body)) return;
	const { data } = body;
	const records = [data].flat().filter(isRecord);
	if (records.length === 0) return;
	noteTimes(operationId, records, findings);
	for (const name of ['no-holes', 'known-values', 'id-prefixes', 'no-further-fields'] as const) {
		findings.note(name, 'as assumed', 'as expected');
	}
}

function noteFailure(
	operationId: string,
	{ status, body }: Answer,
	contract: Contract,
	findings: Findings,
): void {
	const problems = contract.check(operationId, status, body);
	// One that is not documented has the same form.
	const isForm = isRecord(body) && isRecord(body['error']);
	const isAsDocumented = problems ? problems.length === 0 : isForm;
	if (isAsDocumented) findings.note('error-envelope', 'as assumed', 'as expected');
	else findings.note('error-envelope', 'copes', `not in ${operationId} (status ${status})`);
}

/** Notes what any answer tells, whatever was asked. */
export function observe(
	operationId: string,
	{ expects = [] }: Call,
	answer: Answer,
	contract: Contract,
	findings: Findings,
): void {
	const { status, headers } = answer;
	noteDate(headers, findings);
	const isSuccess = status >= 200 && status < 300;
	if (isSuccess && operationId.startsWith('delete')) return;
	if (isSuccess) {
		findings.note('answers-as-documented', 'as assumed', 'as expected');
		return noteSuccess(operationId, answer, contract, findings);
	}
	noteFailure(operationId, answer, contract, findings);
	if (!expects.includes(status)) {
		findings.note('answers-as-documented', 'differs', `${operationId}: status ${status}`);
	}
}
