import { UserError, type INodeProperties, type INodePropertyOptions } from 'n8n-workflow';

import { cleanText, isBlank } from '../values/cleanText';
import { parseInstant } from '../values/instant';
import { assertNoLeftovers } from '../values/leftovers';
import { parseNumber } from '../values/number';
import { asId, asOptionalId, asText, withoutHalfCharacters } from '../values/text';
import { asTexts, isEmptyList } from '../values/textList';
import { findField, isStored, resolve, type ParameterSource } from './parameterSource';

export type Row = Readonly<Record<string, string | undefined>>;

const isNothing = (value: unknown) =>
	value === undefined || value === null || (typeof value === 'string' && isBlank(value));

/** Shows a value in an error message: `nothing`, `12`, `"60 per minute"`. */
const show = (value: unknown) => (isNothing(value) ? 'nothing' : JSON.stringify(value));

/**
 * Reads the fields of one item. Each method returns a valid value or throws; a blank value counts as not
 * given unless the method says otherwise.
 *
 * @param fields give the labels that errors name, and the values that choices allow
 */
export function readParams(source: ParameterSource, fields: INodeProperties[]) {
	const fieldOf = (name: string) => findField(fields, name.split('.'));
	const labelOf = (name: string) => fieldOf(name)?.displayName ?? name;

	/** A value of any type, as it was given; undefined if the operation has no such field. */
	const raw = (name: string) => (fieldOf(name) ? resolve(source, fields, name) : undefined);

	/**
	 * A phone number or an address as it was given, `''` if it shows nothing; a number as text.
	 *
	 * @throws UserError for lists and objects, and for what a failed expression leaves behind
	 */
	function identifier(name: string): string {
		const given = asText(raw(name), labelOf(name));
		assertNoLeftovers(given, labelOf(name));
		return isBlank(given) ? '' : given;
	}

	/** Reads a text as {@link identifier} does, without halves of characters. */
	const text = (name: string) => withoutHalfCharacters(identifier(name));

	/** Reads a text that a customer may read. @param isNote internal notes may contain leftovers */
	function prose(name: string, isNote = false): string {
		const given = withoutHalfCharacters(asText(raw(name), labelOf(name)));
		if (!isNote) assertNoLeftovers(given, labelOf(name), true);
		return given;
	}

	/** Throws if a text shows nothing. @param advice what to enter: "Enter a name." */
	function requireVisible(name: string, given: string, advice: string): string {
		if (!isBlank(given)) return given;
		throw new UserError(`${labelOf(name)} is empty`, {
			description: `${advice} If an expression provides it, check that it has a value for this item.`,
		});
	}

	/** Returns the stored values of a field with fixed choices; undefined if Sahut provides them. */
	function allowedValues(name: string): string[] | undefined {
		const field = fieldOf(name);
		if (!field?.options || !['options', 'multiOptions'].includes(field.type)) return undefined;
		return (field.options as INodePropertyOptions[]).map(({ value }) => String(value));
	}

	/** @throws UserError for a value that the field does not offer */
	function assertAllowed(name: string, value: unknown): string {
		const allowed = allowedValues(name);
		const given = typeof value === 'string' ? cleanText(value) : value;
		if (!allowed || allowed.includes(given as string)) return given as string;
		throw new UserError(`${labelOf(name)} is ${show(value)}, which is not one of its values`, {
			description: `Choose a value from the list, or let the expression return one of: ${allowed.join(', ')}.`,
		});
	}

	/** Reads an entry of a collection by its type: a choice, an ID from a loaded list, or text. */
	function entry(name: string): string {
		if (isNothing(raw(name))) return '';
		const isChoice = fieldOf(name)?.type === 'options';
		if (!isChoice) return text(name).trim();
		return allowedValues(name) ? assertAllowed(name, raw(name)) : id(name);
	}

	/** Reads an optional ID; `''` for nothing. @throws UserError if it cannot be an ID */
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

	/** The rows of a fixed collection, with their cells as given: a number from an expression stays one. */
	function rawRows(name: string): Array<Record<string, unknown>> {
		const given = raw(name);
		if (isNothing(given)) return [];
		const rows: unknown[] = Array.isArray(given) ? given : [given];
		if (rows.every((row) => typeof row === 'object' && row !== null && !Array.isArray(row))) {
			return rows as Array<Record<string, unknown>>;
		}
		throw new UserError(`${labelOf(name)} is ${show(given)}, not a list of objects`, {
			description: 'Use a list with one object for each row.',
		});
	}

	// Another operation's entry may still be stored, and n8n does not show it.
	const isGiven = (name: string) => fieldOf(name) !== undefined && isStored(source, fields, name);

	return {
		raw,
		identifier,
		text,
		id,
		flag,

		/** Whether an entry was added to a collection, e.g. `options.dryRun`; its expression may give nothing. */
		isAdded: isGiven,

		/**
		 * Text as it was given.
		 *
		 * @param advice what to enter: "Enter a name."
		 * @throws UserError if it shows nothing, or as {@link text} does
		 */
		required: (name: string, advice: string) => requireVisible(name, text(name), advice),

		/**
		 * The text of a message.
		 *
		 * @param isNote internal notes may contain what a failed expression leaves behind
		 * @throws UserError if it shows nothing, or as {@link text} does
		 */
		message: (name: string, advice: string, isNote = false) =>
			requireVisible(name, prose(name, isNote), advice),

		/** The text of a message that is optional; `''` if it shows nothing. @throws UserError */
		optionalMessage(name: string): string {
			const given = prose(name);
			return isBlank(given) ? '' : given;
		},

		/**
		 * Reads the entries of a collection that hold something.
		 *
		 * @param names name in the result → name of the field
		 */
		given<T extends string>(collection: string, names: Record<T, string>) {
			const texts = Object.entries<string>(names).map(([key, name]) => {
				return [key, entry(`${collection}.${name}`)];
			});
			return Object.fromEntries(texts.filter(([, value]) => !isNothing(value))) as Partial<
				Record<T, string>
			>;
		},

		/** The ID behind a locator, from the list or by hand. @throws UserError if it is empty or no ID */
		locator: (name: string) =>
			asId(resolve(source, fields, name, { extractValue: true }), labelOf(name)),

		/** What Return All and Limit say: the number of records wanted, `Infinity` for all of them. */
		limit(): number {
			if (flag('returnAll', false)) return Infinity;
			const limit = parseNumber(raw('limit'));
			if (Number.isInteger(limit) && limit! >= 1) return limit!;
			throw new UserError('Limit must be a whole number from 1', {
				description: `It is ${show(raw('limit'))} for this item. To get everything, turn on Return All.`,
			});
		},

		/** The number of an option; undefined if it has none. @throws UserError if it is no number */
		number(name: string): number | undefined {
			const given = raw(name);
			const number = parseNumber(given);
			if (number !== undefined || isNothing(given)) return number;
			throw new UserError(`${labelOf(name)} is not a number`, {
				description: `It is ${show(given)} for this item. Use digits only, e.g. 60.`,
			});
		},

		/**
		 * The number above 0 of an option; undefined if the option was not added.
		 * @throws UserError if it was added without such a number: it must not count as not given
		 */
		aboveZero(name: string): number | undefined {
			if (!isGiven(name)) return undefined;
			const number = parseNumber(raw(name));
			if (number !== undefined && number > 0) return number;
			throw new UserError(`${labelOf(name)} must be a number above 0`, {
				description: `It is ${show(raw(name))} for this item. Remove the option if you do not want it.`,
			});
		},

		/**
		 * The value of a field with fixed choices; its default if it is not stored, e.g. an option that was not added.
		 * @throws UserError for any other value
		 */
		choice: (name: string): string =>
			isGiven(name) ? assertAllowed(name, raw(name)) : String(fieldOf(name)?.default ?? ''),

		/**
		 * The values of a multiple choice.
		 * @throws UserError for a value that the field does not offer
		 */
		choices: (name: string) =>
			asTexts(raw(name), labelOf(name)).map((value) =>
				allowedValues(name) ? assertAllowed(name, value) : asId(value, labelOf(name)),
			),

		/**
		 * The texts of a field with several values, each once. An empty list is one; undefined when the field
		 * was not added or holds nothing.
		 */
		texts(name: string): string[] | undefined {
			const value = raw(name);
			const texts = asTexts(value, labelOf(name)).map(withoutHalfCharacters);
			for (const each of texts) assertNoLeftovers(each, labelOf(name));
			return texts.length > 0 || isEmptyList(value) ? texts : undefined;
		},

		rawRows,

		/** The rows of a fixed collection, e.g. `templateVariables.variable`: column → text, if it has any. */
		rows(name: string): Row[] {
			const parent = name.slice(0, name.lastIndexOf('.'));
			return rawRows(name).map((row, index) => {
				const cells = Object.entries(row).filter(([, value]) => (value ?? null) !== null);
				const labelOfCell = (column: string) => `${labelOf(parent)}, row ${index + 1}, ${column}`;
				return Object.fromEntries(
					cells.map(([column, value]) => {
						const cell = asText(value, labelOfCell(column));
						assertNoLeftovers(cell, labelOfCell(column));
						return [column, cell];
					}),
				);
			});
		},

		/** A point in time in milliseconds since the epoch; without a zone, in that of the workflow. */
		instant(name: string): number | undefined {
			const given = raw(name);
			if (isNothing(given)) return undefined;
			const instant = parseInstant(given, source.timezone());
			if (instant !== undefined) return instant;
			throw new UserError(`${labelOf(name)} is not a date and time`, {
				description: `It is ${show(given)} for this item. Use a form that is the same everywhere, e.g. 2024-03-15 or 2024-03-15T08:30:00Z.`,
			});
		},

		/** The time zone of the workflow, e.g. `Asia/Jakarta`. */
		timezone: () => source.timezone(),
	};
}

/** The fields of the node for one item. */
export type Params = ReturnType<typeof readParams>;
