export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;

/** Formats a time as the API does: ISO 8601 in UTC with whole seconds, e.g. `2024-03-15T08:30:00Z`. */
export function toTimestamp(date: Date): string {
	return `${date.toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length)}Z`;
}
