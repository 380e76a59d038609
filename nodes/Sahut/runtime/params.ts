import { UserError, type INodeProperties, type INodePropertyOptions } from 'n8n-workflow';

import { cleanText, isBlank } from '../values/cleanText';
import { parseInstant } from '../values/instant';
import { assertNoLeftovers } from '../values/leftovers';
import { parseNumber } from '../values/number';
import { asId, asOptionalId, asText, removeLoneSurrogates } from '../values/text';
import { asTexts, isEmptyList } from '../values/textList';
import { findField, isStored, resolve, type ParameterSource } from './parameterSource';

export type Row = Readonly<Record<string, string | undefined>>;

const isEmpty = (value: unknown) =>
	value === undefined || value === null || (typeof value === 'string' && isBlank(value));

/** Describes a value in an error message: `empty`, `12`, `"60 per minute"`. */
const show = (value: unknown) => (isEmpty(value) ? 'empty' : JSON.stringify(value));

/**
 * Reads the fields of one item. Each method returns a valid value or throws. Blank values count as not
 * given, unless a method is documented otherwise.
 *
 * @param fields the fields of the operation, for the labels in errors and the values of choices
 */
export function readParams(source: ParameterSource, fields: INodeProperties[]) {
	const fieldOf = (name: string) => findField(fields, name.split('.'));
	const labelOf = (name: string) => fieldOf(name)?.displayName ?? name;
	const parentOf = (name: string) => name.slice(0, name.lastIndexOf('.'));

	/** Returns a value of any type, unchanged; undefined if the operation has no such field. */
	const raw = (name: string) => (fieldOf(name) ? resolve(source, fields, name) : undefined);

	/**
	 * Reads a phone number or an email address, unchanged; `''` if it is blank. A number becomes text.
	 *
	 * @throws UserError for lists, objects and leftovers of a failed expression
	 */
	function identifier(name: string): string {
		const given = asText(raw(name), labelOf(name));
		assertNoLeftovers(given, labelOf(name));
		return isBlank(given) ? '' : given;
	}

	/** Reads a text as {@link identifier} does, without lone surrogates. */
	const text = (name: string) => removeLoneSurrogates(identifier(name));

	/** Reads the text of a message. @param isNote internal notes may contain leftovers of expressions */
	function messageText(name: string, isNote = false): string {
		const given = removeLoneSurrogates(asText(raw(name), labelOf(name)));
		if (!isNote) assertNoLeftovers(given, labelOf(name), true);
		return given;
	}

	/** Returns the text. @param advice what to enter: "Enter a name." @throws UserError if it is blank */
	function requireText(name: string, given: string, advice: string): string {
		if (!isBlank(given)) return given;
		throw new UserError(`${labelOf(name)} is empty`, {
			description: `${advice} If an expression provides it, check that it has a value for this item.`,
		});
	}

	/** Returns the stored values of a field with fixed choices; undefined if they come from Sahut. */
	function allowedValues(name: string): string[] | undefined {
		const field = fieldOf(name);
		if (!field?.options || !['options', 'multiOptions'].includes(field.type)) return undefined;
		return (field.options as INodePropertyOptions[]).map(({ value }) => String(value));
	}

	/** Returns a value that the field offers. @throws UserError for any other value */
	function requireAllowed(name: string, value: unknown): string {
		const allowed = allowedValues(name);
		const given = typeof value === 'string' ? cleanText(value) : value;
		if (!allowed || allowed.includes(given as string)) return given as string;
		throw new UserError(`${labelOf(name)} cannot be ${show(value)}`, {
			description: `Choose a value from the list. An expression must return one of: ${allowed.join(', ')}.`,
		});
	}

	/** Reads an entry of a collection by its type: a choice, an ID from a loaded list, or text. */
	function entry(name: string): string {
		if (isEmpty(raw(name))) return '';
		const isChoice = fieldOf(name)?.type === 'options';
		if (!isChoice) return text(name).trim();
		return allowedValues(name) ? requireAllowed(name, raw(name)) : id(name);
	}

	/** Reads an optional ID; `''` if it is blank. @throws UserError if it cannot be an ID */
	function id(name: string): string {
		return asOptionalId(raw(name), labelOf(name));
	}

	function flag(name: string, fallback: boolean): boolean {
		const value = isGiven(name) ? raw(name) : fallback;
		if (typeof value === 'boolean') return value;
		if (value === 'true' || value === 'false') return value === 'true';
		throw new UserError(`${labelOf(name)} must be true or false`, {
			description: `It is ${show(value)} for this item.`,
		});
	}

	/** Returns the rows of a fixed collection, with unchanged cells: a number stays a number. */
	function rawRows(name: string): Array<Record<string, unknown>> {
		const given = raw(name);
		if (isEmpty(given)) return [];
		const rows: unknown[] = Array.isArray(given) ? given : [given];
		if (rows.every((row) => typeof row === 'object' && row !== null && !Array.isArray(row))) {
			return rows as Array<Record<string, unknown>>;
		}
		throw new UserError(
			`The rows of ${labelOf(parentOf(name))} are ${show(given)}, not a list of objects`,
			{
				description: 'Use a list with one object for each row.',
			},
		);
	}

	// n8n may still store an entry of another operation, which it hides: it must have no effect.
	const isGiven = (name: string) => fieldOf(name) !== undefined && isStored(source, fields, name);

	return {
		raw,
		identifier,
		text,
		id,
		flag,

		/** Whether an entry was added to a collection, e.g. `options.dryRun`, even if it is empty. */
		isAdded: isGiven,

		/**
		 * Returns a text.
		 *
		 * @param advice what to enter: "Enter a name."
		 * @throws UserError if it is blank, or as {@link text} does
		 */
		required: (name: string, advice: string) => requireText(name, text(name), advice),

		/**
		 * Returns the text of a message.
		 *
		 * @param isNote internal notes may contain leftovers of failed expressions
		 * @throws UserError if it is blank, or as {@link text} does
		 */
		message: (name: string, advice: string, isNote = false) =>
			requireText(name, messageText(name, isNote), advice),

		/** Returns the text of an optional message; `''` if it is blank. @throws UserError */
		optionalMessage(name: string): string {
			const given = messageText(name);
			return isBlank(given) ? '' : given;
		},

		/**
		 * Reads entries of a collection, without those that are empty.
		 *
		 * @param names name in the result → name of the field
		 */
		given<T extends string>(collection: string, names: Record<T, string>) {
			const texts = Object.entries<string>(names).map(([key, name]) => {
				return [key, entry(`${collection}.${name}`)];
			});
			return Object.fromEntries(texts.filter(([, value]) => !isEmpty(value))) as Partial<
				Record<T, string>
			>;
		},

		/** Returns the ID in a locator. @throws UserError if it is blank or cannot be an ID */
		locator: (name: string) =>
			asId(resolve(source, fields, name, { extractValue: true }), labelOf(name)),

		/** Returns the most records to fetch: Limit, or `Infinity` if Return All is on. @throws UserError */
		limit(): number {
			if (flag('returnAll', false)) return Infinity;
			const limit = parseNumber(raw('limit'));
			if (Number.isInteger(limit) && limit! >= 1) return limit!;
			throw new UserError('Limit must be a whole number from 1', {
				description: `It is ${show(raw('limit'))} for this item. To get everything, turn on Return All.`,
			});
		},

		/** Returns the number in an option; undefined if it is blank. @throws UserError if it is not a number */
		number(name: string): number | undefined {
			const given = raw(name);
			const number = parseNumber(given);
			if (number !== undefined || isEmpty(given)) return number;
			throw new UserError(`${labelOf(name)} is not a number`, {
				description: `It is ${show(given)} for this item. Use digits only, e.g. 60.`,
			});
		},

		/**
		 * Returns the number in an option; undefined if the option was not added.
		 * @throws UserError if the option was added without a number above 0: it must not be ignored
		 */
		aboveZero(name: string): number | undefined {
			if (!isGiven(name)) return undefined;
			const number = parseNumber(raw(name));
			if (number !== undefined && number > 0) return number;
			throw new UserError(`${labelOf(name)} must be a number above 0`, {
				description: `It is ${show(raw(name))} for this item. Correct the value, or remove the option.`,
			});
		},

		/**
		 * Returns the value of a field with fixed choices; its default if it is not stored.
		 * @throws UserError for any other value
		 */
		choice: (name: string): string =>
			isGiven(name) ? requireAllowed(name, raw(name)) : String(fieldOf(name)?.default ?? ''),

		/**
		 * Returns the values of a multiple choice.
		 * @throws UserError for a value that the field does not offer
		 */
		choices: (name: string) =>
			asTexts(raw(name), labelOf(name)).map((value) =>
				allowedValues(name) ? requireAllowed(name, value) : asId(value, labelOf(name)),
			),

		/**
		 * Returns the texts of a field with several values, without duplicates; `[]` only for an empty list,
		 * undefined if the field was not added or is blank.
		 */
		texts(name: string): string[] | undefined {
			const value = raw(name);
			const texts = asTexts(value, labelOf(name)).map(removeLoneSurrogates);
			for (const each of texts) assertNoLeftovers(each, labelOf(name));
			return texts.length > 0 || isEmptyList(value) ? texts : undefined;
		},

		rawRows,

		/** Returns the rows of a fixed collection, e.g. `templateVariables.variable`: column → text, if given. */
		rows(name: string): Row[] {
			const label = labelOf(parentOf(name));
			return rawRows(name).map((row, index) => {
				const cells = Object.entries(row).filter(([, value]) => (value ?? null) !== null);
				const labelOfCell = (column: string) => `${label}: the ${column} in row ${index + 1}`;
				return Object.fromEntries(
					cells.map(([column, value]) => {
						const cell = asText(value, labelOfCell(column));
						assertNoLeftovers(cell, labelOfCell(column));
						return [column, cell];
					}),
				);
			});
		},

		/** Returns a point in time in milliseconds since the epoch; the default time zone is the workflow's. */
		instant(name: string): number | undefined {
			const given = raw(name);
			if (isEmpty(given)) return undefined;
			const instant = parseInstant(given, source.timezone());
			if (instant !== undefined) return instant;
			throw new UserError(`${labelOf(name)} is not a date and time`, {
				description: `It is ${show(given)} for this item. Use the format 2024-03-15 or 2024-03-15T08:30:00Z.`,
			});
		},

		/** Returns the time zone of the workflow, e.g. `Asia/Jakarta`. */
		timezone: () => source.timezone(),
	};
}

/** The fields of the node for one item. */
export type Params = ReturnType<typeof readParams>;
