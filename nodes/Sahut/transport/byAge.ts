/** For sorting: the oldest record first. */
export function byAge(a: { created_at: string }, b: { created_at: string }): number {
	return Date.parse(a.created_at) - Date.parse(b.created_at);
}
