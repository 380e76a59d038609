import { isAsPrivate } from '../../nodes/Sahut/resources/message/sameMessage';
import type { Message } from '../../nodes/Sahut/transport/types';

it.each([
	['a note', true, true, true],
	['a note', false, true, false],
	['a note', undefined, true, undefined],
	['a message', true, false, false],
	['a message', undefined, false, true],
])('%s is looked for, and one with private: %s is there', (_, stored, sent, isIt) => {
	const message = { private: stored } as Message;
	expect(isAsPrivate(message, { content: 'Halo', private: sent })).toBe(isIt);
});
