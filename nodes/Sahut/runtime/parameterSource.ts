import {
	UserError,
	type IExecuteFunctions,
	type IGetNodeParameterOptions,
	type INodeParameters,
	type INodeProperties,
} from 'n8n-workflow';

import { showToolInput } from '../approval/reviewTool';
import { isEmptyList } from '../values/textList';

/** Returns the value of a parameter, with its expressions resolved. */
type GetParameter = (
	name: string,
	fallback: unknown,
	options?: IGetNodeParameterOptions,
) => unknown;

/** The parameters of a node for one item. */
export interface ParameterSource {
	/** The parameters as stored, with unresolved expressions. */
	stored: INodeParameters;
	get: GetParameter;
	/** Returns the time zone of the workflow as an IANA name, e.g. `Asia/Jakarta`. */
	timezone(): string;
}

/** Returns a function that returns the parameters of an action node for an item index. */
export function createSources(context: IExecuteFunctions): (itemIndex: number) => ParameterSource {
	const { parameters } = context.getNode();
	return (itemIndex) => ({
		stored: parameters,
		get: (name, fallback, options) => {
			const value: unknown = context.getNodeParameter(name, itemIndex, fallback, options);
			return showToolInput(context, itemIndex, value);
		},
		timezone: () => context.getTimezone(),
	});
}

/** Returns the fields of a collection or of a group, or the groups of a fixed collection. */
function fieldsInside(field: INodeProperties): INodeProperties[] {
	const { options = [] } = field;
	if (field.type === 'collection') return options as INodeProperties[];
	if ('values' in field) return field.values as INodeProperties[];
	if (field.type !== 'fixedCollection') return [];
	return options.map((group) => ({ type: 'json', default: [], ...group }) as INodeProperties);
}

/** Finds the field at a path such as `['options', 'private']`. */
export function findField(
	fields: INodeProperties[],
	[name, ...rest]: string[],
): INodeProperties | undefined {
	const field = fields.find((candidate) => candidate.name === name);
	return field && rest.length > 0 ? findField(fieldsInside(field), rest) : field;
}

/**
 * Asserts that a value is an object that has only fields of the collection. The node must not ignore a
 * misspelled option.
 *
 * @throws UserError if it is not
 */
function assertCollection(field: INodeProperties, value: unknown): void {
	const names = fieldsInside(field).map(({ name }) => name);
	const advice = `Use an object that has only these fields: ${names.join(', ')}.`;
	const label = field.displayName;
	if (typeof value !== 'object' || value === null || Array.isArray(value)) {
		const message = `${label} must be an object, but is ${JSON.stringify(value)}`;
		throw new UserError(message, { description: advice });
	}
	const unknown = Object.keys(value).find((name) => !names.includes(name));
	if (unknown === undefined) return;
	throw new UserError(`${label} has no field "${unknown}"`, { description: advice });
}

/** Returns the stored value at a path, with its expression; undefined if there is none. */
const storedAt = (stored: INodeParameters, path: string[]) =>
	path.reduce<unknown>((value, key) => Reflect.get(Object(value) as object, key), stored);

/** Whether a stored value is an object, which can have stored entries, or is missing. */
const isStoredCollection = (value: unknown) =>
	typeof value === 'object' ? !Array.isArray(value) : value === undefined;

/**
 * Returns the path of the outermost parent of a parameter that is not stored as an object, but as an
 * expression or, in generated workflows, as another value.
 */
function findUnstoredParent(stored: INodeParameters, path: string[]): string[] | undefined {
	let value: unknown = stored;
	for (const depth of path.keys()) {
		if (depth > 0 && !isStoredCollection(value)) return path.slice(0, depth);
		value = Reflect.get(Object(value) as object, path[depth]!);
	}
	return undefined;
}

/** Whether a collection has no entries. Some languages, such as PHP, serialize `{}` as `[]`. */
const isEmptyCollection = (value: unknown) => (value ?? '') === '' || isEmptyList(value);

/**
 * Resolves a parameter at a path such as `options.private`, even if a single expression returns the whole
 * collection: n8n does not resolve paths inside such a value.
 *
 * @returns null or undefined if the parameter is not given
 * @throws UserError if a collection is not an object, or has a field that it does not offer
 */
export function resolveParameter(
	{ stored, get }: ParameterSource,
	fields: INodeProperties[],
	name: string,
	options?: IGetNodeParameterOptions,
): unknown {
	const path = name.split('.');
	const unstored = findUnstoredParent(stored, path);
	if (!unstored) return get(name, null, options);
	let value = get(unstored.join('.'), null);
	for (let depth = unstored.length; depth < path.length; depth++) {
		if (isEmptyCollection(value)) return undefined;
		const collection = findField(fields, path.slice(0, depth));
		if (collection) assertCollection(collection, value);
		const key = path[depth]!;
		value = Object.hasOwn(value as object, key) ? Reflect.get(value as object, key) : undefined;
	}
	return value;
}

/**
 * Whether a parameter is stored, even if it is empty. An option such as `options.dryRun` is stored once the
 * user has added it.
 *
 * @throws UserError as {@link resolveParameter} does
 */
export function isStored(
	source: ParameterSource,
	fields: INodeProperties[],
	name: string,
): boolean {
	const path = name.split('.');
	const parent = path.slice(0, -1);
	const unstored = findUnstoredParent(source.stored, path);
	const collection: unknown = unstored
		? resolveParameter(source, fields, parent.join('.'))
		: storedAt(source.stored, parent);
	const field = findField(fields, parent);
	if (unstored && field && !isEmptyCollection(collection)) assertCollection(field, collection);
	return Object.hasOwn(Object(collection) as object, path.at(-1)!);
}

/** Whether an expression provides a parameter, or the collection that contains it. */
export function isExpression({ stored }: ParameterSource, name: string): boolean {
	const path = name.split('.');
	if (findUnstoredParent(stored, path)) return true;
	const value = storedAt(stored, path);
	return typeof value === 'string' && value.startsWith('=');
}
