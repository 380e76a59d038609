import { READ_ASSUMPTIONS } from './readAssumptions';
import { WRITE_ASSUMPTIONS } from './writeAssumptions';

/** An open point of the API's reference. */
export interface Assumption {
	/** What the nodes expect, for the table. */
	expected: string;
	/** Why there may be nothing to tell about it, unless a check says more. */
	untried: string;
}

/** By the names that they have in docs/assumptions.md, in its order. */
export const ASSUMPTIONS = { ...READ_ASSUMPTIONS, ...WRITE_ASSUMPTIONS } as const;

export type AssumptionName = keyof typeof ASSUMPTIONS;
