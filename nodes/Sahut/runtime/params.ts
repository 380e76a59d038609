import {
	UserError,
	type IExecuteFunctions,
	type IGetNodeParameterOptions,
	type INodeProperties,
} from 'n8n-workflow';

import { asId, asInstant, asText, asTexts } from './values';

export type Row = Readonly<Record<string, string | undefined>>;

/** The label of a field, or of an entry of a collection: `['options', 'private']`. */
function findLabel(fields: INodeProperties[], [name, ...rest]: string[]): string | undefined {
	const field = fields.find((candidate) => candidate.name === name);
	const inside = field?.type === 'collection' ? (field.options as INodeProperties[]) : [];
	return rest.length > 0 && inside.length > 0 ? findLabel(inside, rest) : field?.displayName;
}

/**
 * Reads the fields of item `itemIndex`, with expressions resolved, by type; `fields` give the labels
 * that messages use.
 */
export function readParams(
	context: IExecuteFunctions,
	itemIndex: number,
	fields: INodeProperties[],
) {
	const labelOf = (name: string) => findLabel(fields, name.split('.')) ?? name;

	/** A value of any type, as it was given. */
	function raw(
		name: string,
		fallback: unknown = null,
		options?: IGetNodeParameterOptions,
	): unknown {
		return context.getNodeParameter(name, itemIndex, fallback, options);
	}

	/** Text as it was given; a number or boolean from an expression as text, nothing as `''`. */
	const text = (name: string) => asText(raw(name), labelOf(name));

	function flag(name: string, fallback: boolean): boolean {
		const value = raw(name, fallback);
		if (typeof value === 'boolean') return value;
		if (value === 'true' || value === 'false') return value === 'true';
		throw new UserError(`${labelOf(name)} must be true or false`, {
			description: `It is ${JSON.stringify(value)} for this item.`,
		});
	}

	/** Whether an entry was added to a collection, e.g. `options.dryRun`; an expression may give nothing. */
	function isAdded(name: string): boolean {
		const [collection = '', entry = ''] = name.split('.');
		// As it is stored: to resolve all expressions in it only for this takes time.
		const stored = raw(collection, null, { rawExpressions: true });
		// The whole collection may be one expression.
		const given = typeof stored === 'string' ? raw(collection) : stored;
		return entry in ((given ?? {}) as object);
	}

	return {
		raw,
		text,
		flag,
		isAdded,

		/**
		 * Text as it was given.
		 *
		 * @param advice what to enter: "Enter a name."
		 * @throws UserError if it is blank
		 */
		required(name: string, advice: string): string {
			const given = text(name);
			if (given.trim() !== '') return given;
			throw new UserError(`${labelOf(name)} is empty`, {
				description: `${advice} If an expression should give it, check that it has a value for this item.`,
			});
		},

		/**
		 * Reads texts of a collection, without white space around them; leaves out blank ones.
		 *
		 * @param names name in the result → name of the field
		 */
		given<T extends string>(collection: string, names: Record<T, string>) {
			const texts = Object.entries<string>(names).map(([key, name]) => {
				return [key, text(`${collection}.${name}`).trim()];
			});
			const given = texts.filter(([, value]) => value !== '');
			return Object.fromEntries(given) as Partial<Record<T, string>>;
		},

		/** The ID behind a locator, from the list or by hand, without white space around it. */
		locator: (name: string) => asId(raw(name, null, { extractValue: true }), labelOf(name)),

		/** What Return All and Limit say: the number of records wanted, `Infinity` for all of them. */
		limit(): number {
			if (flag('returnAll', false)) return Infinity;
			const limit = raw('limit');
			if (Number.isInteger(Number(limit)) && Number(limit) >= 1) return Number(limit);
			throw new UserError('Limit must be a whole number from 1', {
				description: `It is ${JSON.stringify(limit)} for this item. To get everything, turn on Return All.`,
			});
		},

		/**
		 * The number above 0 of an option; undefined if the option was not added.
		 * @throws UserError if it was added without such a number: it must not count as not given
		 */
		aboveZero(name: string): number | undefined {
			if (!isAdded(name)) return undefined;
			const given = raw(name) ?? '';
			const number = String(given).trim() === '' ? NaN : Number(given);
			if (number > 0 && Number.isFinite(number)) return number;
			throw new UserError(`${labelOf(name)} must be a number above 0`, {
				description: `It is ${given === '' ? 'nothing' : JSON.stringify(given)} for this item. Remove the option if you do not want it.`,
			});
		},

		/** The value of a picker; `''` for an option that was not added. */
		choice: (name: string) => String(raw(name) ?? ''),

		/** The values of a multiple choice; a text from an expression is one of them, or several with commas. */
		choices: (name: string) => asTexts(raw(name, []), labelOf(name)),

		/**
		 * The texts of a field with several values, each once; from an expression also a list, or a text
		 * with commas. An empty list is one; undefined when the field was not added or holds nothing.
		 */
		texts(name: string): string[] | undefined {
			const value = raw(name);
			const texts = [...new Set(asTexts(value, labelOf(name)))];
			return texts.length > 0 || (Array.isArray(value) && value.length === 0) ? texts : undefined;
		},

		/** The rows of a fixed collection, e.g. `templateVariables.variable`: column → text, if it has any. */
		rows: (name: string): Row[] =>
			((raw(name, []) ?? []) as Array<Record<string, unknown>>).map((row, index) => {
				const cells = Object.entries(row).filter(([, value]) => (value ?? null) !== null);
				const labelOfCell = (column: string) => `${labelOf(name)}, row ${index + 1}, ${column}`;
				return Object.fromEntries(
					cells.map(([column, value]) => [column, asText(value, labelOfCell(column))]),
				);
			}),

		/** A point in time in milliseconds since the epoch; without a zone, in that of the workflow. */
		instant: (name: string) => asInstant(raw(name), labelOf(name), context.getTimezone()),

		/** The time zone of the workflow, e.g. `Asia/Jakarta`. */
		timezone: () => context.getTimezone(),
	};
}

/** The fields of the node for one item. */
export type Params = ReturnType<typeof readParams>;
