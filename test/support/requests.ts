import type { Workspace } from './workspace';

/** Returns the bodies of the requests with a method, oldest first. */
export const requestBodiesOf = ({ sandbox }: Workspace, method: string): unknown[] =>
	sandbox.journal.entries.filter((entry) => entry.method === method).map(({ body }) => body);

/** Returns the method and path of every request other than GET, oldest first. */
export const writeRequestsOf = (workspace: Workspace): string[] =>
	workspace.requests().filter((request) => !request.startsWith('GET'));
