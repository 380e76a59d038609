import { UserError, type INodeProperties } from 'n8n-workflow';

import { AmbiguousError } from '../transport/errors';
import type { Params } from '../runtime/params';
import { applyListChange, type ListChange } from '../values/listChange';
import { normalizeTag } from '../values/tags';
import { textsField } from './fieldTypes';

/** The fields that change a list of a record: replace it, or add and remove entries. */
interface ListFields {
	add: INodeProperties;
	remove: INodeProperties;
	set: INodeProperties;
	/** Their names in a collection. */
	names: { add: string; remove: string; set: string };
}

/**
 * Creates the fields that change a list.
 *
 * @param noun the plural of the entries, e.g. `Labels`
 * @param entry the singular, e.g. `Label`
 */
function createListFields(
	noun: string,
	entry: string,
	names: ListFields['names'],
	placeholder: string,
): ListFields {
	const plural = noun.toLowerCase();
	return {
		names,
		add: textsField(`Add ${noun}`, names.add, entry, {
			placeholder,
			description: `The ${plural} to add. Existing ${plural} stay.`,
		}),
		remove: textsField(`Remove ${noun}`, names.remove, entry, {
			placeholder,
			description: `The ${plural} to remove. Upper and lower case do not matter. Other ${plural} stay.`,
		}),
		set: textsField(`Set ${noun}`, names.set, entry, {
			placeholder,
			description: `Replaces all existing ${plural}. To remove all ${plural}, use an expression that returns an empty list.`,
		}),
	};
}

export const labelFields = createListFields(
	'Labels',
	'Label',
	{ add: 'addLabels', remove: 'removeLabels', set: 'labels' },
	'e.g. paid',
);

export const tagFields = createListFields(
	'Tags',
	'Tag',
	{ add: 'addTags', remove: 'removeTags', set: 'tags' },
	'e.g. vip',
);

/** The given change of a list: its new entries, or the entries to add and to remove. */
export interface GivenList {
	set?: string[];
	change?: ListChange;
}

/**
 * Reads the fields that change a list. Empty fields change nothing.
 *
 * @throws UserError if the list is replaced and changed at once, or if an entry is added and removed
 */
export function readListFields(
	params: Params,
	collection: string,
	{ names, ...fields }: ListFields,
): GivenList {
	const set = params.texts(`${collection}.${names.set}`);
	const add = params.texts(`${collection}.${names.add}`) ?? [];
	const remove = params.texts(`${collection}.${names.remove}`) ?? [];
	const [addLabel, removeLabel, setLabel] = [fields.add, fields.remove, fields.set].map(
		({ displayName }) => displayName,
	);
	if (set && add.length + remove.length > 0) {
		const other = add.length > 0 ? addLabel : removeLabel;
		throw new UserError(`${setLabel} and ${other} are both set`, {
			description: `${setLabel} replaces the complete list. Remove one of the two fields.`,
		});
	}
	const removed = new Set(remove.map(normalizeTag));
	const both = add.find((each) => removed.has(normalizeTag(each)));
	if (both !== undefined) {
		throw new UserError(`"${both}" is in both ${addLabel} and ${removeLabel}`, {
			description: 'Remove it from one of the two fields.',
		});
	}
	if (set) return { set };
	return add.length + remove.length > 0 ? { change: { add, remove } } : {};
}

/**
 * Applies a given change to the list of a record that was just read.
 *
 * @param existing the list in the record; null counts as empty
 * @param record names the record in an error, e.g. `contact "ct_…"`
 * @returns the new list; undefined if nothing changes
 * @throws AmbiguousError if the record does not show a list of texts: writing one could erase entries
 */
export function applyGivenList(
	{ set, change }: GivenList,
	existing: unknown,
	record: string,
): string[] | undefined {
	if (!change) return set;
	const list = existing === null ? [] : existing;
	if (!Array.isArray(list) || !list.every((each) => typeof each === 'string')) {
		throw new AmbiguousError(`The existing labels or tags of ${record} are unknown`, {
			description:
				'Sahut did not return them as a list of texts, so adding one could erase others. Nothing was changed. Change them in Sahut.',
		});
	}
	return applyListChange(list, change);
}
