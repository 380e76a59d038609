import type { IDataObject } from 'n8n-workflow';

/**
 * The kinds of records that events are about: the prefix of their IDs, and fields that identify a record
 * without an ID (API reference).
 */
const KINDS = {
	message: { prefix: 'msg', fields: ['content', 'sender', 'attachments'] },
	conversation: { prefix: 'conv', fields: ['status', 'assignee', 'labels'] },
	contact: { prefix: 'ct', fields: ['name', 'phone', 'email', 'tags'] },
} as const;

export type Subject = keyof typeof KINDS;

export const SUBJECTS = Object.keys(KINDS) as Subject[];

/** Fields of a delivery that may contain the record, or an object that contains it. */
export const WRAPPERS = ['data', 'payload', 'object'] as const;

/** Depth up to which a record is searched for, e.g. 3 for `data.object.message`. */
const MAX_DEPTH = 5;

const PREFIX = /^([a-z]+)_/i;

/** Prefixes of records' IDs (API reference, "Basics"). Many events have the same record. */
const PREFIXES_OF_RECORDS = ['conv', 'msg', 'ct', 'ch', 'usr', 'wh', 'tmpl'];

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the first JSON object among the values. */
export function firstObject(...values: unknown[]): IDataObject | undefined {
	return values.find(isObject);
}

/** Returns the first text that is not empty. A number counts as a text. */
export function firstText(...values: unknown[]): string | undefined {
	const texts = values.map((value) => (typeof value === 'number' ? String(value) : value));
	return texts.find((text): text is string => typeof text === 'string' && text !== '');
}

function prefixOf(id: unknown): string | undefined {
	return PREFIX.exec(firstText(id) ?? '')?.[1]?.toLowerCase();
}

/** Whether an ID has the prefix of any kind of record, so that it is not the ID of an event. */
export function isIdOfRecord(id: unknown): boolean {
	return PREFIXES_OF_RECORDS.includes(prefixOf(id) ?? '');
}

/** Whether the object's ID has the prefix of this kind of record. */
function hasPrefixOfKind(subject: Subject, { id }: IDataObject): boolean {
	return prefixOf(id) === KINDS[subject].prefix;
}

function hasIdWithoutPrefix(_: Subject, { id }: IDataObject): boolean {
	return firstText(id) !== undefined && prefixOf(id) === undefined;
}

function hasFields(subject: Subject, value: IDataObject): boolean {
	return KINDS[subject].fields.some((name) => value[name] !== undefined && value[name] !== null);
}

/** Returns the body and the objects nested in it, the outermost first. */
export function layersOf(body: IDataObject): IDataObject[] {
	const layers = [body];
	let inner: IDataObject | undefined = body;
	while (inner && layers.length <= MAX_DEPTH) {
		inner = firstObject(...WRAPPERS.map((name) => inner?.[name]));
		if (inner) layers.push(inner);
	}
	return layers;
}

/** Checks that identify a record, the most reliable first. */
const IDENTIFYING_CHECKS = [hasPrefixOfKind, hasIdWithoutPrefix, hasFields];

/**
 * Finds the record of an event in a nested delivery: an object under the name of its kind, such as
 * `data.message`, or else one of the nested objects itself, such as `data` or `data.object`.
 */
export function findNestedRecord(subject: Subject, layers: IDataObject[]): IDataObject | undefined {
	const isCandidate = (value: IDataObject) =>
		hasPrefixOfKind(subject, value) || !isIdOfRecord(value.id);
	const named = layers.map((layer) => layer[subject]).filter(isObject);
	for (const candidates of [named, layers.slice(1)].map((each) => each.filter(isCandidate))) {
		for (const identifies of IDENTIFYING_CHECKS) {
			const found = candidates.find((value) => identifies(subject, value));
			if (found) return found;
		}
	}
	return undefined;
}

/**
 * Separates the record from the event in a flat delivery, which has the fields of both next to each other.
 * `id` belongs to the event if it has a prefix other than the record's, and otherwise to the record, since
 * two updates of a record would otherwise count as one event. `created_at` belongs to the owner of `id`.
 *
 * @param nameFields the fields that contain the event's name
 * @returns undefined if the body is not flat or has no such record
 */
export function splitFlatBody(
	subject: Subject,
	body: IDataObject,
	nameFields: readonly string[],
): { envelope: IDataObject; record: IDataObject } | undefined {
	if ((body.data ?? body.payload ?? null) !== null) return undefined;
	const { id, created_at, ...rest } = body;
	const isOfEvent = prefixOf(id) !== undefined && !hasPrefixOfKind(subject, body);
	if (isOfEvent && isIdOfRecord(id)) return undefined;
	const fields = Object.entries(rest).filter(([name]) => !nameFields.includes(name));
	const ownId = (isOfEvent ? undefined : id) ?? body[`${subject}_id`];
	const record: IDataObject = {
		...(ownId !== undefined && { id: ownId }),
		...Object.fromEntries(fields),
		...(!isOfEvent && created_at !== undefined && { created_at }),
	};
	const isFound = hasPrefixOfKind(subject, record) || hasFields(subject, record);
	return isFound ? { envelope: isOfEvent ? body : rest, record } : undefined;
}
