import type { Api } from '../api';
import type { Contract } from '../contract';
import type { Findings } from '../findings';

/** What every check has. */
export interface Context {
	api: Api;
	contract: Contract;
	findings: Findings;
	signal?: AbortSignal | undefined;
}

export function isSuccess({ status }: { status: number }): boolean {
	return status >= 200 && status < 300;
}
