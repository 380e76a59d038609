import type { IDataObject } from 'n8n-workflow';

import { estimateDuration, isDryRun } from './dryRunEstimate';

/** The numbers of items of a run. */
export interface RunCounts {
	/** The first output record of each item that succeeded. */
	records: IDataObject[];
	/** The number of input items. */
	total: number;
	failed: number;
}

const SKIP_REASONS: Readonly<Record<string, string>> = {
	assigned: 'assigned to an agent',
	customer_wrote: 'the customer wrote',
	sent_before: 'sent before',
	test: 'not among the first three',
};

const describeSkip = ({ skip_reason: reason, tag }: IDataObject) =>
	reason === 'contact_tag'
		? `tag "${String(tag)}"`
		: (SKIP_REASONS[String(reason)] ?? String(reason));

/** Counts equal texts: `2 sent before, 1 tag "stop"`; without numbers if there is only one text. */
function countTexts(texts: string[], describe: (count: number, text: string) => string): string {
	const counts = new Map<string, number>();
	for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
	if (counts.size === 0) return '';
	return ` (${[...counts].map(([text, count]) => describe(count, text)).join(', ')})`;
}

/** Joins parts of a sentence: `a`, `a, and b`, `a, b, and c`. */
function join(parts: string[]): string {
	const last = parts.at(-1)!;
	return parts.length === 1 ? last : `${parts.slice(0, -1).join(', ')}, and ${last}`;
}

/** The past tense, and its form for a Dry Run. */
const OUTCOMES = {
	actual: { done: 'were', skipped: (count: number) => (count === 1 ? 'was' : 'were') },
	planned: { done: 'would be', skipped: () => 'would be' },
};

/** Whether all items that succeeded were Dry Runs: an expression may set Dry Run for some items only. */
const areAllDryRuns = (records: IDataObject[]) => records.length > 0 && records.every(isDryRun);

/**
 * Describes how many items succeeded: "5 of 7 items were sent (3 as text, 2 as template), 1 was skipped (tag
 * "stop"), and 1 failed." In a Dry Run: "5 of 7 items would be sent …".
 *
 * @param verb the past participle of the operation, e.g. `sent`
 */
export function describeProgress({ records, total, failed }: RunCounts, verb: string): string {
	const isPlanned = areAllDryRuns(records);
	const outcome = isPlanned ? OUTCOMES.planned : OUTCOMES.actual;
	const skipped = records.filter((record) => record.skipped === true);
	const notSkipped = records.filter((record) => record.skipped !== true);
	const done = notSkipped.filter((record) => isPlanned || !isDryRun(record));
	const planned = notSkipped.length - done.length;
	const forms = done.flatMap(({ sent_as: form }) => (typeof form === 'string' ? [form] : []));
	const formText = countTexts(forms, (count, form) => `${count} as ${form}`);
	const isSingleReason = new Set(skipped.map(describeSkip)).size === 1;
	const reasonText = countTexts(skipped.map(describeSkip), (count, reason) =>
		isSingleReason ? reason : `${count}: ${reason}`,
	);
	const were = outcome.skipped(skipped.length);
	return `${join([
		`${done.length} of ${total} items ${outcome.done} ${verb}${formText}`,
		...(planned > 0 ? [`${planned} would be ${verb} (Dry Run)`] : []),
		...(skipped.length > 0 ? [`${skipped.length} ${were} skipped${reasonText}`] : []),
		...(failed > 0 ? [`${failed} failed`] : []),
	])}.`;
}

/** The records of the lists that a run has read. */
export interface ListedRecords {
	/** The plural name of the records, e.g. `contacts`. */
	records: string;
	read: number;
	/** The number of records of the complete lists. */
	total: number;
}

function describeLimit({ records, read, total }: ListedRecords): string {
	const [readText, totalText] = [read, total].map((count) => count.toLocaleString('en'));
	return `Limit: ${readText} of ${totalText} ${records} were read.`;
}

/** A text above the output of a run, in the editor. */
export interface RunHint {
	message: string;
	type: 'info' | 'warning';
}

/**
 * Summarizes a run for the editor.
 *
 * @param verb the past participle of the operation
 * @param run `countRequests`: how many requests the run has made; `testPhone`: the number in Test Number
 * @returns undefined for one item that succeeded: its output shows that
 */
export function summarizeRun(
	counts: RunCounts,
	verb: string,
	run: { countRequests(): number; listed: ListedRecords; testPhone?: string },
): RunHint | undefined {
	const { records, total, failed } = counts;
	const { testPhone, listed } = run;
	const isPlanned = areAllDryRuns(records);
	const isPlain = total === 1 && failed === 0 && !testPhone && !records[0]?.skipped;
	const testText = `Test Number: all messages go to ${testPhone}, and none to the customers.`;
	const sentences = [
		...(isPlanned ? ['Dry Run: nothing was sent.'] : []),
		...(testPhone ? [testText] : []),
		...(isPlain ? [] : [describeProgress(counts, verb)]),
		...(isPlanned ? [estimateDuration(records, run.countRequests())] : []),
		...(listed.total > listed.read ? [describeLimit(listed)] : []),
		...(testPhone ? ['Remove Test Number to send to the customers.'] : []),
	];
	if (sentences.length === 0) return undefined;
	return { message: sentences.join(' '), type: testPhone ? 'warning' : 'info' };
}
