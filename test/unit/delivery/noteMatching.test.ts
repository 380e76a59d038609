import type { ItemClient } from '../../../nodes/Sahut/api/itemClient';
import { createMatcher } from '../../../nodes/Sahut/delivery/matching';
import { processCacheOf } from '../../../nodes/Sahut/processCache';
import type { Message } from '../../../nodes/Sahut/transport/types';

const sahut = {
	cache: processCacheOf({ id: 'noteMatching', address: 'noteMatching' }),
	toServerTime: (localMs: number) => localMs,
	serverNow: () => Date.now(),
} as Partial<ItemClient> as ItemClient;

it.each([
	['a note', true, 'a note', true, 'match'],
	['a note', true, 'a message', false, 'noMatch'],
	['a note', true, 'a message without this field', undefined, 'maybeNote'],
	['a message', false, 'a note', true, 'noMatch'],
	['a note', true, 'a note', '1', 'match'],
	['a note', true, 'a message without this field', null, 'maybeNote'],
	['a message', undefined, 'a message', false, 'match'],
	['a message', undefined, 'a message', 'false', 'match'],
	['a message', undefined, 'a note', 1, 'noMatch'],
	['a message', undefined, 'a message without this field', undefined, 'match'],
])(
	'when %s (private: %s) is wanted, %s (private: %s) is "%s"',
	(_, wanted, __, stored, verdict) => {
		const body = { content: 'Halo', ...(wanted !== undefined && { private: wanted }) };
		const search = { kind: 'sentBefore', sentAt: Date.now() - 60_000, isRetry: false } as const;

		const message = {
			id: 'msg_1',
			type: 'outgoing',
			content: 'Halo',
			created_at: new Date().toISOString(),
			private: stored,
		} as unknown as Message;

		expect(createMatcher('conv_1', body, search, Infinity, sahut)(message)).toBe(verdict);
	},
);
