import type { N8nVersion } from '../n8n';

/** What was tried on a version of n8n, and how it went. */
export interface Outcome {
	version: N8nVersion;
	/** The version of Node.js that it ran on. */
	node: string;
	tried: string;
	/** Why it did not work, if it did not. */
	failure?: string;
	date: Date;
}

/** Does something under a name, and keeps how it went. */
export type Try = <Result>(name: string, work: () => Promise<Result>) => Promise<Result>;

/** A `Try` whose outcomes are added to a list; what failed is thrown on, and ends the journey. */
export function recorder(version: N8nVersion, node: string, outcomes: Outcome[]): Try {
	return async (tried, work) => {
		const outcome: Outcome = { version, node, tried, date: new Date() };
		outcomes.push(outcome);
		const done = work();
		await done.catch((error: Error) => (outcome.failure = error.message));
		return await done;
	};
}
