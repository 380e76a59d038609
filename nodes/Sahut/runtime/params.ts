import { UserError, type INodeProperties, type INodePropertyOptions } from 'n8n-workflow';

import { asChoice, asFlag } from '../values/choice';
import { isBlank, isEmpty } from '../values/cleanText';
import { asInstant } from '../values/instant';
import { assertNoLeftovers } from '../values/leftovers';
import { asLimit, asNumber, asNumberAboveZero } from '../values/number';
import { asRows, asTextRows } from '../values/rows';
import { asId, asOptionalId, asText, removeLoneSurrogates } from '../values/text';
import { asTexts, isEmptyList } from '../values/textList';
import {
	findField,
	isExpression,
	isStored,
	resolveParameter,
	type ParameterSource,
} from './parameterSource';

/**
 * Returns methods that read the fields of one item. Each method returns a valid value or throws. Blank
 * values count as not given, unless the documentation of a method states otherwise.
 *
 * @param fields the fields of the operation, for the labels in errors and the values of choices
 */
export function createParams(source: ParameterSource, fields: INodeProperties[]) {
	const fieldOf = (name: string) => findField(fields, name.split('.'));
	const labelOf = (name: string) => fieldOf(name)?.displayName ?? name;
	const labelOfParent = (name: string) => labelOf(name.slice(0, name.lastIndexOf('.')));

	/** Returns a value of any type, unchanged; undefined if the operation has no such field. */
	const raw = (name: string) =>
		fieldOf(name) ? resolveParameter(source, fields, name) : undefined;

	/** Returns a phone number or an email address as text; `''` if it is blank. */
	function asIdentifier(value: unknown, label: string): string {
		const given = asText(value, label);
		assertNoLeftovers(given, label);
		return isBlank(given) ? '' : given;
	}

	/**
	 * Reads a phone number or an email address, unchanged; `''` if it is blank. A number becomes text.
	 *
	 * @throws UserError for lists, objects and leftovers of a failed expression
	 */
	const identifier = (name: string) => asIdentifier(raw(name), labelOf(name));

	/** Returns the value of a locator, without its mode. */
	const locatorValue = (name: string) =>
		resolveParameter(source, fields, name, { extractValue: true });

	/**
	 * Returns the mode of a locator; undefined for a plain value, which is an ID.
	 *
	 * @throws UserError for a mode that the field does not have
	 */
	function locatorMode(name: string): string | undefined {
		const given = raw(name);
		if (typeof given !== 'object' || given === null || !('mode' in given)) return undefined;
		const modes = fieldOf(name)?.modes?.map((each) => each.name) ?? [];
		return asChoice(given.mode, modes, `The mode of ${labelOf(name)}`);
	}

	/** Reads a text as {@link identifier} does, without lone surrogates. */
	const text = (name: string) => removeLoneSurrogates(identifier(name));

	/** Reads the text of a message. @param isNote internal notes may contain leftovers of expressions */
	function messageText(name: string, isNote = false): string {
		const given = removeLoneSurrogates(asText(raw(name), labelOf(name)));
		if (!isNote) assertNoLeftovers(given, labelOf(name), true);
		return given;
	}

	/**
	 * Returns the text.
	 *
	 * @param advice an instruction: "Enter a name."
	 * @throws UserError if the text is blank
	 */
	function requireText(name: string, given: string, advice: string): string {
		if (!isBlank(given)) return given;
		throw new UserError(`${labelOf(name)} is empty`, {
			description: `${advice} If an expression provides it, check that it has a value for this item.`,
		});
	}

	/** Returns the values of a field with fixed choices; undefined if Sahut provides the choices. */
	function allowedValues(name: string): string[] | undefined {
		const field = fieldOf(name);
		if (!field?.options || !['options', 'multiOptions'].includes(field.type)) return undefined;
		return (field.options as INodePropertyOptions[]).map(({ value }) => String(value));
	}

	/** Returns the value if the field offers it. @throws UserError for any other value */
	function requireAllowed(name: string, value: unknown): string {
		const allowed = allowedValues(name);
		return allowed ? asChoice(value, allowed, labelOf(name)) : asId(value, labelOf(name));
	}

	/** Reads an entry of a collection by its type: a choice, an ID from a loaded list, or text. */
	function entry(name: string): string {
		if (isEmpty(raw(name))) return '';
		const isChoice = fieldOf(name)?.type === 'options';
		return isChoice ? requireAllowed(name, raw(name)) : text(name).trim();
	}

	/** Reads an optional ID; `''` if it is blank. @throws UserError if it cannot be an ID */
	function id(name: string): string {
		return asOptionalId(raw(name), labelOf(name));
	}

	const flag = (name: string, fallback: boolean) =>
		asFlag(isGiven(name) ? raw(name) : fallback, labelOf(name));

	// n8n may still store a hidden entry of another operation, which must have no effect.
	const isGiven = (name: string) => fieldOf(name) !== undefined && isStored(source, fields, name);

	return {
		raw,
		identifier,
		text,
		id,
		flag,

		/** Whether the user added an entry to a collection, e.g. `options.dryRun`, even if it is empty. */
		isAdded: isGiven,

		/** Whether an expression provides the value. */
		isExpression: (name: string) => isExpression(source, name),

		/**
		 * Returns a text.
		 *
		 * @param advice an instruction: "Enter a name."
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
		 * Reads entries of a collection, and omits empty entries.
		 *
		 * @param names name in the result → name of the field
		 */
		entries<T extends string>(collection: string, names: Record<T, string>) {
			const texts = Object.entries<string>(names).map(([key, name]) => {
				return [key, entry(`${collection}.${name}`)];
			});
			return Object.fromEntries(texts.filter(([, value]) => !isEmpty(value))) as Partial<
				Record<T, string>
			>;
		},

		/** Returns the ID in a locator. @throws UserError if it is blank or cannot be an ID */
		locator: (name: string) => asId(locatorValue(name), labelOf(name)),

		/**
		 * Returns the mode of a locator that does not only accept IDs, and a function that reads its value as
		 * {@link identifier} does.
		 *
		 * @throws UserError for a mode that the field does not have
		 */
		locatorEntry: (name: string) => ({
			mode: locatorMode(name),
			identifier: () => asIdentifier(locatorValue(name), labelOf(name)),
		}),

		/**
		 * Returns the maximum number of records: Limit, or `Infinity` if Return All is on.
		 *
		 * @throws UserError
		 */
		limit: () => (flag('returnAll', false) ? Infinity : asLimit(raw('limit'))),

		/**
		 * Returns the number in an option; undefined if it is blank.
		 *
		 * @throws UserError if it is not a number
		 */
		number: (name: string) => asNumber(raw(name), labelOf(name)),

		/**
		 * Returns the number in an option; undefined if the option was not added.
		 * @throws UserError if the option was added without a number above 0: the node must not ignore it
		 */
		numberAboveZero: (name: string) =>
			isGiven(name) ? asNumberAboveZero(raw(name), labelOf(name)) : undefined,

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
			asTexts(raw(name), labelOf(name)).map((value) => requireAllowed(name, value)),

		/**
		 * Returns the texts of a field with several values, without duplicates.
		 *
		 * @returns `[]` only for an empty list; undefined if the field was not added or is blank
		 * @throws UserError for objects and leftovers of a failed expression
		 */
		texts(name: string): string[] | undefined {
			const value = raw(name);
			const texts = asTexts(value, labelOf(name)).map(removeLoneSurrogates);
			for (const each of texts) assertNoLeftovers(each, labelOf(name));
			return texts.length > 0 || isEmptyList(value) ? texts : undefined;
		},

		/**
		 * Returns the rows of a fixed collection, with unchanged cells.
		 *
		 * @throws UserError if they are not rows
		 */
		rawRows: (name: string) => asRows(raw(name), labelOfParent(name)),

		/** Returns the rows of a fixed collection as texts: column → text, if given. @throws UserError */
		rows: (name: string) => asTextRows(raw(name), labelOfParent(name)),

		/**
		 * Returns a point in time in milliseconds since the epoch; undefined if it is blank. The default time
		 * zone is that of the workflow.
		 * @throws UserError if it is not a date and time
		 */
		instant: (name: string) => asInstant(raw(name), labelOf(name), source.timezone()),

		/** Returns the time zone of the workflow, e.g. `Asia/Jakarta`. */
		timezone: () => source.timezone(),
	};
}

/** Methods that read the fields of the node for one item. */
export type Params = ReturnType<typeof createParams>;
