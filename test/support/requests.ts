import type { Workspace } from './workspace';

/** The bodies of the requests with this method, oldest first. */
export const bodiesOf = ({ sandbox }: Workspace, method: string): unknown[] =>
	sandbox.journal.entries.filter((entry) => entry.method === method).map(({ body }) => body);

/** Method and path of every request that may change something. */
export const writesOf = (workspace: Workspace): string[] =>
	workspace.requests().filter((request) => !request.startsWith('GET'));
