import type { AssumptionName } from './assumptions';
import { findUndocumentedFields, findProblems, type Problem } from './contract';
import type { Findings, Verdict } from './findings';
import { valueAt, isRecord, isSuccess, type Row } from './values';

/** The parts of a response that are checked. */
interface ApiResponse {
	status: number;
	body: unknown;
	headers: Headers;
}

/** Clocks with a smaller difference count as equal. */
const CLOCK_TOLERANCE_S = 5;

/** Requires a time zone: n8n would read a time without one in the zone of its machine. */
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/;

/** Fields that the nodes need to identify a record, or to read its age or type. */
const ESSENTIAL: Record<string, RegExp> = {
	listMessages: /^\/data\/#\/(id|type|created_at)$/,
	sendMessage: /^\/data\/id$/,
	listConversations: /^\/data\/#\/(id|status|contact)$/,
	getConversation: /^\/data\/(id|status)$/,
	listContacts: /^\/data\/#\/(id|created_at)$/,
	createWebhook: /^\/data\/(id|secret)$/,
};

const PROBLEM_TEXTS: Record<Problem['kind'], string> = {
	missing: 'is missing',
	null: 'is null',
	value: 'has an unknown value',
	form: 'has another format',
	type: 'has another type',
};

function checkDateHeader(headers: Headers, findings: Findings): void {
	const date = Date.parse(headers.get('date') ?? '');
	const offsetSeconds = Math.round(Math.abs(date - Date.now()) / 1000);
	const clockNote =
		offsetSeconds > CLOCK_TOLERANCE_S ? `, ${offsetSeconds} s off this computer's clock` : '';
	const isPresent = !Number.isNaN(date);
	findings.recordCheck('date-header', isPresent, `present${clockNote}`, ['handled', 'missing']);
}

function checkTimes(operationId: string, rows: Row[], findings: Findings): void {
	for (const time of rows.flatMap((row) => [row['created_at'], row['updated_at']])) {
		if (time === null || time === undefined) continue;
		const [, fraction, zone] = (typeof time === 'string' && ISO.exec(time)) || [];
		if (zone === undefined) {
			findings.record(
				'whole-seconds',
				'differs',
				`not ISO 8601 with a time zone in ${operationId}`,
			);
		} else if (fraction !== undefined) {
			findings.record('whole-seconds', 'handled', 'with fractions of a second');
		} else {
			const found = 'in another time zone than Z';
			findings.recordCheck('whole-seconds', zone === 'Z', 'as expected', ['handled', found]);
		}
	}
}

/** Returns the assumption that a difference contradicts, and its verdict. Empty if another check reports it. */
function classify(operationId: string, { at, kind }: Problem): [AssumptionName, Verdict] | [] {
	const isMissing = kind === 'missing' || kind === 'null';
	if (at.startsWith('/meta')) return ['list-meta', isMissing ? 'handled' : 'differs'];
	if (at === '/data' && !operationId.startsWith('list')) return ['records-in-data', 'differs'];
	// See checkTimes, and checkPhoneFormat in contacts.ts.
	if (/\/(created_at|updated_at|phone)$/.test(at) && !isMissing) return [];
	// See checkAttributes in contacts.ts: rows of the list may lack them.
	if (/\/custom_attributes$/.test(at) && isMissing) return [];
	if (/\/id$/.test(at) && kind === 'form') return ['id-prefixes', 'handled'];
	if (kind === 'value') return ['known-values', 'differs'];
	if (isMissing && at !== '/data') {
		return ['no-missing-fields', ESSENTIAL[operationId]?.test(at) ? 'differs' : 'handled'];
	}
	return ['documented-behavior', 'differs'];
}

/** Wraps a record that is not in `data`, as the nodes do, and checks whether it was. */
function unwrap(operationId: string, body: unknown, findings: Findings): unknown {
	if (!isRecord(body) || 'meta' in body || Array.isArray(body['data'])) return body;
	const isPlain = body['data'] === undefined && Boolean(body['id']);
	if (isPlain) findings.record('records-in-data', 'handled', `not in ${operationId}`);
	else if (isRecord(body['data'])) findings.record('records-in-data', 'as assumed', 'as expected');
	return isPlain ? { data: body } : body;
}

function checkSuccess(operationId: string, created: unknown, findings: Findings): void {
	const body = unwrap(operationId, created, findings);
	for (const problem of findProblems(operationId, 200, body) ?? []) {
		const [assumption, verdict] = classify(operationId, problem);
		if (assumption === undefined || verdict === undefined) continue;
		const { at, kind, word } = problem;
		const difference = word === undefined ? PROBLEM_TEXTS[kind] : `is "${word}"`;
		findings.record(assumption, verdict, `${operationId}: ${at || 'the body'} ${difference}`);
	}
	for (const field of findUndocumentedFields(operationId, body)) {
		findings.record('no-undocumented-fields', 'handled', `${operationId}: ${field}`);
	}
	const records = [valueAt(body, 'data')].flat().filter(isRecord);
	if (records.length === 0) return;
	checkTimes(operationId, records, findings);
	for (const name of [
		'no-missing-fields',
		'known-values',
		'id-prefixes',
		'no-undocumented-fields',
	] as const) {
		findings.record(name, 'as assumed', 'as expected');
	}
}

function checkError(operationId: string, { status, body }: ApiResponse, findings: Findings): void {
	const problems = findProblems(operationId, status, body);
	// An undocumented status should have the same error format.
	const hasError = isRecord(valueAt(body, 'error'));
	const isAsDocumented = problems ? problems.length === 0 : hasError;
	const found = `not in ${operationId} (status ${status})`;
	findings.recordCheck('error-envelope', isAsDocumented, 'as expected', ['handled', found]);
}

/** Checks a response of any operation against the contract and the general assumptions. */
export function checkResponse(
	operationId: string,
	response: ApiResponse,
	expectedStatuses: number[],
	findings: Findings,
): void {
	const { status, headers, body } = response;
	checkDateHeader(headers, findings);
	if (isSuccess(response)) {
		if (operationId.startsWith('delete')) return;
		findings.record('documented-behavior', 'as assumed', 'as expected');
		return checkSuccess(operationId, body, findings);
	}
	checkError(operationId, response, findings);
	if (!expectedStatuses.includes(status)) {
		findings.record('documented-behavior', 'differs', `${operationId}: status ${status}`);
	}
}
