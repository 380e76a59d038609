import type { Deviations } from '../deviations';
import { ApiError } from '../errors';
import type { AttributeType } from '../records';

type Attributes = Record<string, unknown>;

const CALENDAR_DATE = /^\d{4}-\d\d-\d\d$/;

const HAS_TYPE: Record<AttributeType, (value: unknown) => boolean> = {
	text: (value) => typeof value === 'string',
	number: (value) => typeof value === 'number',
	date: (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
	checkbox: (value) => typeof value === 'boolean',
};

/** Converts a value to the type if possible. Returns any other value unchanged. */
const CONVERT: Record<AttributeType, (value: unknown) => unknown> = {
	text: (value) => (typeof value === 'object' ? value : String(value)),
	number: (value) =>
		typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value))
			? Number(value)
			: value,
	date: (value) =>
		typeof value === 'string' && CALENDAR_DATE.test(value) ? `${value}T00:00:00Z` : value,
	checkbox: (value) => (value === 'true' || value === 'false' ? value === 'true' : value),
};

/**
 * Converts (`converted-attributes`) or checks (`typed-attributes`) custom attributes by their defined types.
 * Keys without a definition and null values do not change.
 * @returns the attributes to store
 * @throws {ApiError} 422 for a value of another type.
 */
export function applyAttributeTypes(
	attributes: Attributes,
	types: ReadonlyMap<string, AttributeType>,
	deviations: Deviations,
): Attributes {
	const read = Object.entries(attributes).map(([key, given]) => {
		const type = types.get(key);
		if (!type || given === null) return [key, given];
		const value = deviations.has('converted-attributes') ? CONVERT[type](given) : given;
		if (deviations.has('typed-attributes') && !HAS_TYPE[type](value)) {
			throw new ApiError(422, `custom_attributes.${key} must be a ${type}`);
		}
		return [key, value];
	});
	return Object.fromEntries(read) as Attributes;
}
