import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterThisProcess } from './guard';

/** Longer than the processes that write into the folder are left to live. */
const GRACE_SECONDS = 15;

export interface TempFolder {
	readonly path: string;
	remove(): void;
}

/** A new folder, which goes with this process at the latest. */
export function makeTempFolder(): TempFolder {
	const path = mkdtempSync(join(tmpdir(), 'n8n-nodes-sahut-'));
	const callOff = afterThisProcess(`sleep ${GRACE_SECONDS}; rm -rf "$0"`, path);
	return {
		path,
		remove() {
			callOff();
			rmSync(path, { recursive: true, force: true });
		},
	};
}
