import { UserError, type IExecuteFunctions, type INodeProperties } from 'n8n-workflow';

import { asId, asInstant, asText, asTexts } from './values';

/** The fields of the node for one item, with expressions resolved, read by type. */
export interface Params {
	/** The ID behind a locator, from the list or by hand, without white space around it. */
	locator(name: string): string;
	/** Text as it was given; a number or boolean from an expression as text, nothing as `''`. */
	text(name: string): string;
	/** What Return All and Limit say: the number of records wanted, `Infinity` for all of them. */
	limit(): number;
	flag(name: string, fallback: boolean): boolean;
	/**
	 * The number above 0 of an option; undefined if the option was not added.
	 * @throws UserError if it was added without such a number: it must not count as not given
	 */
	aboveZero(name: string): number | undefined;
	/** The value of a picker; `''` for an option that was not added. */
	choice(name: string): string;
	/** The rows of a fixed collection, e.g. `templateVariables.variable`: column → text, if it has any. */
	rows(name: string): Row[];
	/** The values of a multiple choice; a text from an expression is one of them, or several with commas. */
	choices(name: string): string[];
	/**
	 * The texts of a field with several values, each once; from an expression also a list, or a text
	 * with commas. An empty list is one; undefined when the field was not added or holds nothing.
	 */
	texts(name: string): string[] | undefined;
	/** A point in time in milliseconds since the epoch; without a zone, in that of the workflow. */
	instant(name: string): number | undefined;
	/** The time zone of the workflow, e.g. `Asia/Jakarta`. */
	timezone(): string;
	/** A value of any type, as it was given. */
	raw(name: string): unknown;
	/** Whether an entry was added to a collection, e.g. `options.dryRun`; an expression may give nothing. */
	isAdded(name: string): boolean;
}

export type Row = Readonly<Record<string, string | undefined>>;

/** The label of a field, or of an entry of a collection: `['options', 'private']`. */
function findLabel(fields: INodeProperties[], [name, ...rest]: string[]): string | undefined {
	const field = fields.find((candidate) => candidate.name === name);
	const inside = field?.type === 'collection' ? (field.options as INodeProperties[]) : [];
	return rest.length > 0 && inside.length > 0 ? findLabel(inside, rest) : field?.displayName;
}

/** Reads the fields of item `itemIndex`; `fields` give the labels that messages use. */
export function readParams(
	context: IExecuteFunctions,
	itemIndex: number,
	fields: INodeProperties[],
): Params {
	const labelOf = (name: string) => findLabel(fields, name.split('.')) ?? name;
	const raw = (name: string, fallback: unknown = null): unknown =>
		context.getNodeParameter(name, itemIndex, fallback);

	function flag(name: string, fallback: boolean): boolean {
		const value = raw(name, fallback);
		if (typeof value === 'boolean') return value;
		if (value === 'true' || value === 'false') return value === 'true';
		throw new UserError(`${labelOf(name)} must be true or false`, {
			description: `It is ${JSON.stringify(value)} for this item.`,
		});
	}

	function isAdded(name: string): boolean {
		const [collection = '', entry = ''] = name.split('.');
		// As it is stored: to resolve all expressions in it only for this takes time.
		const stored: unknown = context.getNodeParameter(collection, itemIndex, null, {
			rawExpressions: true,
		});
		// The whole collection may be one expression.
		const given = typeof stored === 'string' ? raw(collection) : stored;
		return entry in ((given ?? {}) as object);
	}

	return {
		raw,
		isAdded,
		aboveZero(name) {
			if (!isAdded(name)) return undefined;
			const given = raw(name) ?? '';
			const number = String(given).trim() === '' ? NaN : Number(given);
			if (number > 0 && Number.isFinite(number)) return number;
			throw new UserError(`${labelOf(name)} must be a number above 0`, {
				description: `It is ${given === '' ? 'nothing' : JSON.stringify(given)} for this item. Remove the option if you do not want it.`,
			});
		},
		flag,
		text: (name) => asText(raw(name), labelOf(name)),
		choice: (name) => String(raw(name) ?? ''),
		rows: (name) =>
			((raw(name, []) ?? []) as Array<Record<string, unknown>>).map((row, index) =>
				Object.fromEntries(
					Object.entries(row)
						.filter(([, value]) => value !== undefined && value !== null)
						.map(([column, value]) => [
							column,
							asText(value, `${labelOf(name)}, row ${index + 1}, ${column}`),
						]),
				),
			),
		choices: (name) => asTexts(raw(name, []), labelOf(name)),
		texts(name) {
			const value = raw(name);
			const texts = [...new Set(asTexts(value, labelOf(name)))];
			return texts.length > 0 || (Array.isArray(value) && value.length === 0) ? texts : undefined;
		},
		timezone: () => context.getTimezone(),
		instant: (name) => asInstant(raw(name), labelOf(name), context.getTimezone()),
		locator: (name) =>
			asId(context.getNodeParameter(name, itemIndex, null, { extractValue: true }), labelOf(name)),
		limit() {
			if (flag('returnAll', false)) return Infinity;
			const given = raw('limit');
			const limit = Number(given);
			if (!Number.isInteger(limit) || limit < 1) {
				throw new UserError('Limit must be a whole number from 1', {
					description: `It is ${JSON.stringify(given)} for this item. To get everything, turn on Return All.`,
				});
			}
			return limit;
		},
	};
}
