/** An answer, whatever its status. */
export interface Answer {
	status: number;
	/** Parsed JSON, or the text as it came. */
	body: unknown;
	headers: Headers;
}

export interface Call {
	/** The IDs in the path, in their order. */
	ids?: string[];
	query?: Record<string, string | number>;
	body?: object;
	/** In the place of the documented one. */
	method?: string;
	/** Statuses that say something, and are no surprise. */
	expects?: number[];
	/** It is made also once the check was interrupted: it sets right what the check has changed. */
	setsRight?: boolean;
}
