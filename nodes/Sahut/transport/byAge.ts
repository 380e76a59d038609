/** Compares two records for sorting: the oldest comes first. */
export function byAge(a: { created_at: string }, b: { created_at: string }): number {
	return Date.parse(a.created_at) - Date.parse(b.created_at);
}
