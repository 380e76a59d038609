import type { ItemClient } from '../../../nodes/Sahut/api/itemClient';
import { createMatcher } from '../../../nodes/Sahut/delivery/matching';
import { getProcessCache } from '../../../nodes/Sahut/processCache';
import { systemClock } from '../../../nodes/Sahut/transport/clock';
import type { Message } from '../../../nodes/Sahut/transport/types';

const CONTENT = 'Halo';
const SEARCH_SPAN_MS = 60_000;

const sahut = {
	cache: getProcessCache({ id: 'noteMatching', address: 'noteMatching', clock: systemClock }),
	toServerTime: (localMs: number) => localMs,
	serverNow: () => Date.now(),
} as Partial<ItemClient> as ItemClient;

it.each([
	['note', true, 'note', true, 'match'],
	['note', true, 'note', '1', 'match'],
	['note', true, 'message', false, 'noMatch'],
	['note', true, 'message that may be a note', undefined, 'maybeNote'],
	['note', true, 'message that may be a note', null, 'maybeNote'],
	['message', false, 'note', true, 'noMatch'],
	['message', undefined, 'note', 1, 'noMatch'],
	['message', undefined, 'message', false, 'match'],
	['message', undefined, 'message', 'false', 'match'],
	['message', undefined, 'message that may be a note', undefined, 'match'],
])(
	'a search for a %s (private: %s) classifies a stored %s (private: %j) as %s',
	(_, wanted, __, stored, verdict) => {
		const body = { content: CONTENT, ...(wanted !== undefined && { private: wanted }) };
		const sentAt = Date.now() - SEARCH_SPAN_MS;
		const search = { kind: 'sentBefore', sentAt, isRetry: false } as const;

		const message = {
			id: 'msg_1',
			type: 'outgoing',
			content: CONTENT,
			created_at: new Date().toISOString(),
			private: stored,
		} as unknown as Message;

		const matches = createMatcher('conv_1', body, search, Infinity, sahut);

		expect(matches(message)).toBe(verdict);
	},
);
