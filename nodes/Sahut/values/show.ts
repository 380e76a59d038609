import { isBlank } from './cleanText';

/** Whether a value is missing, null or a blank text. */
export function isEmpty(value: unknown): boolean {
	return value === undefined || value === null || (typeof value === 'string' && isBlank(value));
}

/** Describes a value in an error message: `empty`, `12`, `"60 per minute"`. */
export function show(value: unknown): string {
	return isEmpty(value) ? 'empty' : JSON.stringify(value);
}
