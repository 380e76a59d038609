import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runAfterExit } from './exitGuard';

/** Longer than the grace period of the processes that write into the folder. */
const GRACE_SECONDS = 15;

/** A temporary folder. */
export interface TempFolder {
	readonly path: string;
	remove(): void;
}

/** Creates a temporary folder. It is deleted by `remove`, or after this process exits. */
export function makeTempFolder(): TempFolder {
	const path = mkdtempSync(join(tmpdir(), 'n8n-nodes-sahut-'));
	const cancel = runAfterExit(`sleep ${GRACE_SECONDS}; rm -rf "$0"`, path);
	return {
		path,
		remove() {
			cancel();
			rmSync(path, { recursive: true, force: true });
		},
	};
}
