import type { AssumptionName } from './assumptions';
import type { Problem } from './contract';
import type { Findings, Verdict } from './findings';

/** Without these, a record cannot be told, or its age or kind. */
const ESSENTIAL: Record<string, RegExp> = {
	listMessages: /^\/data\/#\/(id|type|created_at)$/,
	sendMessage: /^\/data\/id$/,
	listConversations: /^\/data\/#\/(id|status|contact)$/,
	getConversation: /^\/data\/(id|status)$/,
	listContacts: /^\/data\/#\/(id|created_at)$/,
	createWebhook: /^\/data\/(id|secret)$/,
};

/** Which assumption a difference is about, and whether the nodes go on. */
function classify(operationId: string, { at, kind }: Problem): [AssumptionName, Verdict] | [] {
	const isHole = kind === 'missing' || kind === 'null';
	if (at.startsWith('/meta')) return ['list-meta', isHole ? 'copes' : 'differs'];
	if (at === '/data' && !operationId.startsWith('list')) return ['records-in-data', 'differs'];
	if (/\/(created_at|updated_at)$/.test(at) && !isHole) return []; // See times.ts.
	if (/\/phone$/.test(at) && !isHole) return []; // See phones.ts.
	if (/\/id$/.test(at) && kind === 'form') return ['id-prefixes', 'copes'];
	if (kind === 'value') return ['known-values', 'differs'];
	if (isHole && at !== '/data') {
		return ['no-holes', ESSENTIAL[operationId]?.test(at) ? 'differs' : 'copes'];
	}
	return ['answers-as-documented', 'differs'];
}

const KINDS: Record<Problem['kind'], string> = {
	missing: 'is not there',
	null: 'is null',
	value: 'is another one',
	form: 'has another form',
	type: 'is of another type',
};

/** Notes a difference between an answer and the contract. */
export function judge(operationId: string, problem: Problem, findings: Findings): void {
	const [assumption, verdict] = classify(operationId, problem);
	if (assumption === undefined || verdict === undefined) return;
	const { at, kind, word } = problem;
	const what = word === undefined ? KINDS[kind] : `is "${word}"`;
	findings.note(assumption, verdict, `${operationId}: ${at || 'the body'} ${what}`);
}
