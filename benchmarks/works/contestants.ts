import type { Contestant } from '../harness/workflows';

export const NAMES: Record<Contestant, string> = {
	sahut: 'Sahut',
	httpRequest: 'HTTP Request',
	floor: 'floor',
};

export const CONTESTANTS = Object.keys(NAMES) as Contestant[];
