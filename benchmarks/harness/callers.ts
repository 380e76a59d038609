import { join } from 'node:path';

import type { Callers, Commands, Pauses } from './callersProcess';
import { startWorker } from './worker';

/** Callers in a process of their own, so that what they see is nothing but n8n. */
export interface CallersControl {
	/** Returns when n8n answers both. */
	begin(callers: Callers): Promise<void>;
	/** The longest that each of them has waited for an answer since. */
	end(): Promise<Pauses>;
	close(): void;
}

export function startCallers(): CallersControl {
	const { tell, close } = startWorker<Commands>(join(__dirname, 'callersProcess.ts'));
	return {
		begin: async (callers) => await tell('begin', callers),
		async end() {
			const pauses = await tell('end');
			if (!pauses) throw new Error('Nobody has called');
			return pauses;
		},
		close,
	};
}
