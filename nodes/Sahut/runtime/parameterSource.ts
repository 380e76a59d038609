import {
	UserError,
	type IExecuteFunctions,
	type IGetNodeParameterOptions,
	type INodeParameters,
	type INodeProperties,
} from 'n8n-workflow';

import { isEmptyList } from '../values/textList';

/** Returns a parameter, with its expressions resolved. */
type GetParameter = (
	name: string,
	fallback: unknown,
	options?: IGetNodeParameterOptions,
) => unknown;

/** The parameters of a node, as stored and resolved. */
export interface ParameterSource {
	stored: INodeParameters;
	get: GetParameter;
	/** IANA name, e.g. `Asia/Jakarta`. */
	timezone(): string;
}

/** Returns a function from an item index to the parameters of an action node for this item. */
export function sourcesOf(context: IExecuteFunctions): (itemIndex: number) => ParameterSource {
	const { parameters } = context.getNode();
	return (itemIndex) => ({
		stored: parameters,
		get: (name, fallback, options) =>
			context.getNodeParameter(name, itemIndex, fallback, options) as unknown,
		timezone: () => context.getTimezone(),
	});
}

/** Returns the fields of a collection, or the groups of rows of a fixed collection. */
function fieldsInside(field: INodeProperties): INodeProperties[] {
	const { options = [] } = field;
	if (field.type === 'collection') return options as INodeProperties[];
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
 * Throws unless a value is an object with only fields of the collection. A misspelled option must not be
 * ignored.
 */
function assertCollection(field: INodeProperties, value: unknown): void {
	const names = fieldsInside(field).map(({ name }) => name);
	const allowed = `Use an object with these fields: ${names.join(', ')}.`;
	const label = field.displayName;
	if (typeof value !== 'object' || value === null || Array.isArray(value)) {
		const message = `${label} is ${JSON.stringify(value)}, not an object`;
		throw new UserError(message, { description: allowed });
	}
	const unknown = Object.keys(value).find((name) => !names.includes(name));
	if (unknown === undefined) return;
	throw new UserError(`${label} has no field "${unknown}"`, { description: allowed });
}

/** Whether a stored value can have stored entries, or is missing. */
const isStoredCollection = (value: unknown) =>
	typeof value === 'object' ? !Array.isArray(value) : value === undefined;

/**
 * Returns the path of the outermost parent of a parameter that is not stored as a collection, but as an
 * expression or, in generated workflows, as another value.
 */
function findOpaqueParent(stored: INodeParameters, path: string[]): string[] | undefined {
	let value: unknown = stored;
	for (const depth of path.keys()) {
		if (depth > 0 && !isStoredCollection(value)) return path.slice(0, depth);
		value = Reflect.get(Object(value) as object, path[depth]!);
	}
	return undefined;
}

/** Whether a collection has no entries. Some languages, such as PHP, write `{}` as `[]`. */
const isEmptyCollection = (value: unknown) => (value ?? '') === '' || isEmptyList(value);

/**
 * Resolves a parameter at a path such as `options.private`, also if one expression returns the whole
 * collection: n8n does not look for entries inside such a value.
 *
 * @returns null or undefined if the parameter is not given
 * @throws UserError if the value of a collection is not an object with fields of the collection
 */
export function resolve(
	{ stored, get }: ParameterSource,
	fields: INodeProperties[],
	name: string,
	options?: IGetNodeParameterOptions,
): unknown {
	const path = name.split('.');
	const opaque = findOpaqueParent(stored, path);
	if (!opaque) return get(name, null, options);
	let value = get(opaque.join('.'), null);
	for (let depth = opaque.length; depth < path.length; depth++) {
		if (isEmptyCollection(value)) return undefined;
		const collection = findField(fields, path.slice(0, depth));
		if (collection) assertCollection(collection, value);
		const key = path[depth]!;
		value = Object.hasOwn(value as object, key) ? Reflect.get(value as object, key) : undefined;
	}
	return value;
}

/** Whether a parameter is stored, even if it is empty: `options.dryRun` is once the option is added. */
export function isStored(
	source: ParameterSource,
	fields: INodeProperties[],
	name: string,
): boolean {
	const path = name.split('.');
	const parent = path.slice(0, -1);
	const opaque = findOpaqueParent(source.stored, path);
	const collection: unknown = opaque
		? resolve(source, fields, parent.join('.'))
		: parent.reduce<unknown>(
				(value, key) => Reflect.get(Object(value) as object, key),
				source.stored,
			);
	const field = findField(fields, parent);
	if (opaque && field && !isEmptyCollection(collection)) assertCollection(field, collection);
	return Object.hasOwn(Object(collection) as object, path.at(-1)!);
}
