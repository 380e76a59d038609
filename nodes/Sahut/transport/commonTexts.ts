import type { IDataObject } from 'n8n-workflow';

/** Enough for the agents, channels and labels of a workspace; a bound for what each record has itself. */
const MAX_TEXTS = 1_000;

/** Longer ones are hardly names or IDs: to compare them costs, and each is held while the list is read. */
const MAX_LENGTH = 100;

/**
 * Keeps texts that many records of a list have in common once: JSON.parse makes a text of its own for
 * each, e.g. for the name of an agent in every message. Only what belongs to a record is looked
 * through (sender, channel, contact, assignee), since its own texts are hardly those of another.
 *
 * @returns to be called with the records of each page; the records stay equal to what they were
 */
export function createCommonTexts(): (records: unknown[]) => void {
	const texts = new Map<string, string>();

	const common = (text: string): string => {
		const known = texts.get(text);
		if (known !== undefined) return known;
		if (texts.size >= MAX_TEXTS) texts.clear();
		texts.set(text, text);
		return text;
	};

	return (records) => {
		for (const record of records as Array<IDataObject | null>) {
			for (const part of Object.values(record ?? {})) {
				if (typeof part !== 'object' || part === null) continue;
				const fields = part as IDataObject;
				for (const key in fields) {
					const value = fields[key];
					if (typeof value === 'string' && value.length <= MAX_LENGTH) fields[key] = common(value);
				}
			}
		}
	};
}
