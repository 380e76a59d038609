import {
	tryToParseDateTime,
	UserError,
	type IExecuteFunctions,
	type INodeProperties,
} from 'n8n-workflow';

/** The fields of the node for one item, with expressions resolved, read by type. */
export interface Params {
	/** The ID behind a locator, from the list or by hand, without white space around it. */
	locator(name: string): string;
	/** Text as it was given; a number or boolean from an expression as text, nothing as `''`. */
	text(name: string): string;
	/** What Return All and Limit say: the number of records wanted, `Infinity` for all of them. */
	limit(): number;
	flag(name: string, fallback: boolean): boolean;
	/** The value of a picker; `''` for an option that was not added. */
	choice(name: string): string;
	/** The rows of a fixed collection, e.g. `templateVariables.variable`: column → text, if it has any. */
	rows(name: string): Row[];
	/** The values of a multiple choice; a text from an expression is one of them, or several with commas. */
	choices(name: string): string[];
	/** A point in time in milliseconds since the epoch; without a zone, in that of the workflow. */
	instant(name: string): number | undefined;
	/** The time zone of the workflow, e.g. `Asia/Jakarta`. */
	timezone(): string;
	/** A value of any type, as it was given. */
	raw(name: string): unknown;
}

export type Row = Readonly<Record<string, string | undefined>>;

/** No ID has these: they would change the address of the request. */
const NOT_IN_AN_ID = /[\s/\\?#%]|^\.+$/;

/**
 * A value that an expression gave, as text.
 *
 * @throws UserError for lists and objects, which have no text that a customer should see.
 */
function asText(value: unknown, label: string): string {
	if (value === undefined || value === null) return '';
	if (typeof value === 'object') {
		throw new UserError(
			`${label} is ${Array.isArray(value) ? 'a list' : 'an object'}, not a text`,
			{
				description:
					'Point the expression at a single value, such as {{ $json.name }}, or join a list with .join(", ").',
			},
		);
	}
	return String(value);
}

/** The label of a field, or of an entry of a collection: `['options', 'private']`. */
function findLabel(fields: INodeProperties[], [name, ...rest]: string[]): string | undefined {
	const field = fields.find((candidate) => candidate.name === name);
	const inside = field?.type === 'collection' ? (field.options as INodeProperties[]) : [];
	return rest.length > 0 && inside.length > 0 ? findLabel(inside, rest) : field?.displayName;
}

function parseInstant(value: unknown, timezone: string): number | undefined {
	try {
		return tryToParseDateTime(value, timezone).toMillis();
	} catch {
		return undefined;
	}
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

	return {
		raw,
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
		choices(name) {
			const value = raw(name, []);
			const values = Array.isArray(value) ? value : asText(value, labelOf(name)).split(',');
			return values.map((each) => String(each).trim()).filter((each) => each !== '');
		},
		timezone: () => context.getTimezone(),
		instant(name) {
			const value = raw(name);
			if (value === null || value === undefined || value === '') return undefined;
			const instant = parseInstant(value, context.getTimezone());
			if (instant !== undefined) return instant;
			throw new UserError(`${labelOf(name)} is not a date and time`, {
				description: `It is ${JSON.stringify(value)} for this item. Use one like 2024-03-15T08:30:00Z.`,
			});
		},
		locator(name) {
			const label = labelOf(name);
			const value = context.getNodeParameter(name, itemIndex, null, { extractValue: true });
			const id = asText(value, label).trim();
			if (id === '') {
				throw new UserError(`${label} is empty`, {
					description:
						'Choose one from the list, or enter an ID. If an expression should give the ID, check that it has a value for this item.',
				});
			}
			if (NOT_IN_AN_ID.test(id)) {
				throw new UserError(`${label} "${id}" is not an ID`, {
					description:
						'An ID has no spaces or slashes, e.g. conv_01HX2B9K3M5N7P. Use the ID alone, without a link or a name.',
				});
			}
			return id;
		},
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
