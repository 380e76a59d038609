import type { Clock } from '../transport/clock';
import { createLruCache, type LruCache } from './lruCache';

const MAX_ANSWERS = 10_000;

/** The answer to a question; undefined until a person has decided. */
export interface Answer {
	/** The label of the button. */
	label?: string;
}

let answers: LruCache<Answer> | undefined;

/**
 * Returns the answer that this process has received to a question. n8n 1.x does not check whether it has already
 * resumed an execution, so two clicks at the same moment would resume it twice.
 *
 * @param nonce identifies the question
 * @param clock must not refer to an execution, since the cache never releases it
 */
export function getAnswer(nonce: string, clock: Clock): Answer {
	answers ??= createLruCache(MAX_ANSWERS, () => ({}), { now: () => clock.now() });
	return answers.get(nonce);
}
