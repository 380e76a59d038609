import { isEmpty } from './cleanText';

/** Formats a value for an error message: `empty`, `12`, `"60 per minute"`. */
export function formatValue(value: unknown): string {
	return isEmpty(value) ? 'empty' : JSON.stringify(value);
}
