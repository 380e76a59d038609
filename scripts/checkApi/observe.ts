import type { AssumptionName } from './assumptions';
import { furtherFields, problemsIn, type Problem } from './contract';
import type { Findings, Verdict } from './findings';
import { inside, isRecord, isSuccess, type Row } from './values';

/** What is told by an answer. */
interface Answer {
	status: number;
	body: unknown;
	headers: Headers;
}

/** Clocks that are no further apart than this count as the same. */
const SAME_TIME_S = 5;

/** Without a zone, a time would be taken for one of the machine on which n8n runs. */
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/;

/** Without these, a record cannot be told, or its age or kind. */
const ESSENTIAL: Record<string, RegExp> = {
	listMessages: /^\/data\/#\/(id|type|created_at)$/,
	sendMessage: /^\/data\/id$/,
	listConversations: /^\/data\/#\/(id|status|contact)$/,
	getConversation: /^\/data\/(id|status)$/,
	listContacts: /^\/data\/#\/(id|created_at)$/,
	createWebhook: /^\/data\/(id|secret)$/,
};

const KINDS: Record<Problem['kind'], string> = {
	missing: 'is not there',
	null: 'is null',
	value: 'is another one',
	form: 'has another form',
	type: 'is of another type',
};

function noteDate(headers: Headers, findings: Findings): void {
	const date = Date.parse(headers.get('date') ?? '');
	const apart = Math.round(Math.abs(date - Date.now()) / 1000);
	const clocks = apart > SAME_TIME_S ? `, ${apart} s from the clock of this computer` : '';
	const isThere = !Number.isNaN(date);
	findings.noteWhether('date-header', isThere, `there${clocks}`, ['copes', 'not there']);
}

function noteTimes(operationId: string, rows: Row[], findings: Findings): void {
	for (const time of rows.flatMap((row) => [row['created_at'], row['updated_at']])) {
		if (time === null || time === undefined) continue;
		const [, fraction, zone] = (typeof time === 'string' && ISO.exec(time)) || [];
		if (zone === undefined) {
			findings.note('whole-seconds', 'differs', `not ISO 8601 with a zone in ${operationId}`);
		} else if (fraction !== undefined) {
			findings.note('whole-seconds', 'copes', 'with fractions of a second');
		} else {
			const found = 'with another zone than Z';
			findings.noteWhether('whole-seconds', zone === 'Z', 'as expected', ['copes', found]);
		}
	}
}

/** Which assumption a difference is about, and whether the nodes go on. */
function classify(operationId: string, { at, kind }: Problem): [AssumptionName, Verdict] | [] {
	const isHole = kind === 'missing' || kind === 'null';
	if (at.startsWith('/meta')) return ['list-meta', isHole ? 'copes' : 'differs'];
	if (at === '/data' && !operationId.startsWith('list')) return ['records-in-data', 'differs'];
	// See noteTimes, and notePhones in contacts.ts.
	if (/\/(created_at|updated_at|phone)$/.test(at) && !isHole) return [];
	// See noteAttributes in contacts.ts: rows of the list may lack them.
	if (/\/custom_attributes$/.test(at) && isHole) return [];
	if (/\/id$/.test(at) && kind === 'form') return ['id-prefixes', 'copes'];
	if (kind === 'value') return ['known-values', 'differs'];
	if (isHole && at !== '/data') {
		return ['no-holes', ESSENTIAL[operationId]?.test(at) ? 'differs' : 'copes'];
	}
	return ['answers-as-documented', 'differs'];
}

/** An answer whose record is not in `data`, as if it were; whether it is taken like that. */
function unwrap(operationId: string, body: unknown, findings: Findings): unknown {
	if (!isRecord(body) || 'meta' in body || Array.isArray(body['data'])) return body;
	const isPlain = body['data'] === undefined && Boolean(body['id']);
	if (isPlain) findings.note('records-in-data', 'copes', `not in ${operationId}`);
	else if (isRecord(body['data'])) findings.note('records-in-data', 'as assumed', 'it does');
	return isPlain ? { data: body } : body;
}

function noteSuccess(operationId: string, answered: unknown, findings: Findings): void {
	const body = unwrap(operationId, answered, findings);
	for (const problem of problemsIn(operationId, 200, body) ?? []) {
		const [assumption, verdict] = classify(operationId, problem);
		if (assumption === undefined || verdict === undefined) continue;
		const { at, kind, word } = problem;
		const what = word === undefined ? KINDS[kind] : `is "${word}"`;
		findings.note(assumption, verdict, `${operationId}: ${at || 'the body'} ${what}`);
	}
	for (const field of furtherFields(operationId, body)) {
		findings.note('no-further-fields', 'copes', `${operationId}: ${field}`);
	}
	const records = [inside(body, 'data')].flat().filter(isRecord);
	if (records.length === 0) return;
	noteTimes(operationId, records, findings);
	for (const name of ['no-holes', 'known-values', 'id-prefixes', 'no-further-fields'] as const) {
		findings.note(name, 'as assumed', 'as expected');
	}
}

function noteFailure(operationId: string, { status, body }: Answer, findings: Findings): void {
	const problems = problemsIn(operationId, status, body);
	// One that is not documented has the same form.
	const isForm = isRecord(inside(body, 'error'));
	const isAsDocumented = problems ? problems.length === 0 : isForm;
	const found = `not in ${operationId} (status ${status})`;
	findings.noteWhether('error-envelope', isAsDocumented, 'as expected', ['copes', found]);
}

/** Notes what any answer tells, whatever was asked. */
export function observe(
	operationId: string,
	answer: Answer,
	expects: number[],
	findings: Findings,
): void {
	const { status, headers, body } = answer;
	noteDate(headers, findings);
	if (isSuccess(answer)) {
		if (operationId.startsWith('delete')) return;
		findings.note('answers-as-documented', 'as assumed', 'as expected');
		return noteSuccess(operationId, body, findings);
	}
	noteFailure(operationId, answer, findings);
	if (!expects.includes(status)) {
		findings.note('answers-as-documented', 'differs', `${operationId}: status ${status}`);
	}
}
