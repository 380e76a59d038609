import type { IDataObject } from 'n8n-workflow';

import { describeDryRun } from './dryRunEstimate';

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

/**
 * Describes how many items succeeded: "5 of 7 items were sent (3 as text, 2 as template), 1 was skipped (tag
 * "stop"), and 1 failed."
 *
 * @param verb the past participle of the operation, e.g. `sent`
 */
export function describeProgress({ records, total, failed }: RunCounts, verb: string): string {
	const skipped = records.filter((record) => record.skipped === true);
	const done = records.filter((record) => record.skipped !== true);
	const forms = done.flatMap(({ sent_as: form }) => (typeof form === 'string' ? [form] : []));
	const formText = countTexts(forms, (count, form) => `${count} as ${form}`);
	const isSingleReason = new Set(skipped.map(describeSkip)).size === 1;
	const reasonText = countTexts(skipped.map(describeSkip), (count, reason) =>
		isSingleReason ? reason : `${count}: ${reason}`,
	);
	const were = skipped.length === 1 ? 'was' : 'were';
	return `${join([
		`${done.length} of ${total} items were ${verb}${formText}`,
		...(skipped.length > 0 ? [`${skipped.length} ${were} skipped${reasonText}`] : []),
		...(failed > 0 ? [`${failed} failed`] : []),
	])}.`;
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
 * @param run `countRequests`: how many requests the run has made; `hints`: further sentences; `testPhones`: the
 * numbers in Test Number that items have used
 * @returns undefined for one item that succeeded: its output shows that
 */
export function summarizeRun(
	counts: RunCounts,
	verb: string,
	run: { countRequests(): number; hints: ReadonlySet<string>; testPhones?: ReadonlySet<string> },
): RunHint | undefined {
	const { testPhones } = run;
	const dryRun = describeDryRun(counts.records, run.countRequests());
	if (dryRun) return { message: dryRun, type: 'info' };
	const progress = describeProgress(counts, verb);
	if (testPhones) {
		const recipients = [...testPhones].join(' and ');
		const rule = recipients
			? `all messages went to ${recipients}, and none to the customers`
			: 'no messages went to the customers';
		const message = `Test Number: ${rule}. ${progress} Remove Test Number to send to the customers.`;
		return { message, type: 'warning' };
	}
	const isPlain = counts.total === 1 && counts.failed === 0 && !counts.records[0]?.skipped;
	const sentences = [...(isPlain ? [] : [progress]), ...run.hints];
	return sentences.length > 0 ? { message: sentences.join(' '), type: 'info' } : undefined;
}
