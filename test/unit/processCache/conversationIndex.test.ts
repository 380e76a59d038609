import { ConversationIndex } from '../../../nodes/Sahut/processCache/conversationIndex';
import type { Conversation, SahutClient, SahutRequest } from '../../../nodes/Sahut/transport/types';

const START = Date.parse('2024-03-15T00:00:00Z');
const MINUTE_MS = 60_000;
const MONTH_MS = 30 * 24 * 60 * MINUTE_MS;
/** The maximum number of conversations in an index. */
const MAX_CONVERSATIONS = 50_000;

let time = START;
const now = () => time;

const toIsoTime = (ms: number) => new Date(ms).toISOString();

/** Each conversation has its own contact. */
const contactIdOf = (conversationId: string) => `contact of ${conversationId}`;

function conversation(id: string, activeAt: number, overrides: Partial<Conversation> = {}) {
	return {
		id,
		status: 'open',
		channel: { id: 'ch_1', type: 'whatsapp', name: 'WhatsApp' },
		contact: { id: contactIdOf(id), name: 'Budi' },
		created_at: toIsoTime(START),
		updated_at: toIsoTime(activeAt),
		...overrides,
	} as Conversation;
}

/**
 * Returns a client that serves a list of conversations in documented pages, and its requests.
 *
 * @param list the conversations, ordered by activity
 * @param beforeResponse delays each response, or rejects to fail the request
 */
function clientOf(
	list: () => Conversation[],
	beforeResponse: () => Promise<void> = async () => {},
) {
	const requests: SahutRequest[] = [];
	const sahut = {
		now,
		serverNow: now,
		toServerTime: (ms: number) => ms,
		async request(request: SahutRequest) {
			requests.push(request);
			await beforeResponse();
			const { status, page, per_page } = request.query as {
				status?: string;
				page: number;
				per_page: number;
			};
			const all = list().filter((each) => !status || each.status === status);
			const data = all.slice((page - 1) * per_page, page * per_page);
			const total_pages = Math.ceil(all.length / per_page);
			return { data, meta: { total: all.length, page, per_page, total_pages } };
		},
	} as unknown as SahutClient;
	return { sahut, requests };
}

/** Returns resolved conversations in the order of their latest activity, one for each minute before `START`. */
const resolvedConversations = (count: number) =>
	Array.from({ length: count }, (_, position) =>
		conversation(`conv_${position}`, START - position * MINUTE_MS, {
			created_at: toIsoTime(START - MONTH_MS + position),
			status: 'resolved',
		}),
	);

const statesOf = (index: ConversationIndex, id: string) =>
	index.findByContacts([contactIdOf(id)]).map(({ status, activeAt }) => [status, activeAt]);

beforeEach(() => {
	time = START;
});

describe('an update', () => {
	it('from a list does not replace a state that has later activity', () => {
		const index = new ConversationIndex('ch_1', now);

		index.update(conversation('conv_1', START + 5, { status: 'resolved' }), 'record');
		index.update(conversation('conv_1', START), 'list');

		expect(statesOf(index, 'conv_1')).toEqual([['resolved', START + 5]]);
	});

	it('from a list does not overwrite a state that this process wrote less than a minute ago', () => {
		const index = new ConversationIndex('ch_1', now);

		index.update(conversation('conv_1', START, { status: 'resolved' }), 'write');
		time = START + MINUTE_MS - 1;
		index.update(conversation('conv_1', START), 'list');

		expect(statesOf(index, 'conv_1')).toEqual([['resolved', START]]);

		time = START + MINUTE_MS;
		index.update(conversation('conv_1', START), 'list');

		expect(statesOf(index, 'conv_1')).toEqual([['open', START]]);
	});

	it('from the record itself always replaces the state, but activity never becomes earlier', () => {
		const index = new ConversationIndex('ch_1', now);

		index.update(conversation('conv_1', START + 5), 'write');
		index.update(conversation('conv_1', START, { status: 'snoozed' }), 'record');

		expect(statesOf(index, 'conv_1')).toEqual([['snoozed', START + 5]]);
	});

	it('ignores a conversation on another channel, and one without a contact', () => {
		const index = new ConversationIndex('ch_1', now);
		const channel = { id: 'ch_2', type: 'email', name: 'Email' };

		index.update(conversation('conv_1', START, { channel }), 'record');
		index.update(conversation('conv_2', START, { contact: null }), 'record');

		expect(index.findByContacts([contactIdOf('conv_1'), contactIdOf('conv_2')])).toEqual([]);
		expect(index.channelType).toBe('whatsapp');
	});

	it('does not change the order of conversations with activity at the same time', () => {
		const index = new ConversationIndex('ch_1', now);
		const contact = { id: 'ct_1', name: 'Budi' };
		const [first, second] = ['conv_1', 'conv_2'].map((id) => conversation(id, START, { contact }));
		const order = () => index.findByContacts(['ct_1']).map(({ id }) => id);
		index.update(first!, 'list');
		index.update(second!, 'list');
		const before = order();

		index.update(first!, 'record');
		const afterFirst = order();
		index.update(second!, 'record');

		expect([afterFirst, order()]).toEqual([before, before]);
	});

	it('orders the conversations of a contact by activity, latest first', () => {
		const index = new ConversationIndex('ch_1', now);
		for (const [id, at] of [
			['a', 2],
			['b', 3],
			['c', 1],
		] as const) {
			index.update(conversation(id, START + at), 'list', 'ct_1');
		}

		const ids = () => index.findByContacts(['ct_1']).map(({ id }) => id);

		expect(ids()).toEqual(['b', 'a', 'c']);

		index.recordActivity('ct_1', 'c', START + 9);
		index.recordActivity('ct_1', 'b', START);

		expect(ids()).toEqual(['c', 'b', 'a']);

		index.remove('b', 'ct_1');
		index.remove('missing', 'ct_1');
		index.remove('b', 'ct_2');

		expect(ids()).toEqual(['c', 'a']);
	});
});

describe('a full index', () => {
	it('evicts the least recently updated contact, and is incomplete for the time of its activity', async () => {
		const index = new ConversationIndex('ch_1', now);
		await index.refresh(clientOf(() => []).sahut);
		for (let number = 0; number < MAX_CONVERSATIONS; number++) {
			index.update(conversation(`conv_${number}`, START + number), 'record');
		}

		expect(index.isComplete(-Infinity)).toBe(true);

		index.update(conversation('conv_0', START + 100_000), 'record');

		index.update(conversation('conv_new', START + 100_001), 'record');

		expect(index.findByContacts([contactIdOf('conv_1')])).toEqual([]);
		expect(index.findByContacts(['conv_0', 'conv_2', 'conv_new'].map(contactIdOf))).toHaveLength(3);
		expect(index.isComplete(START + 1)).toBe(false);
		expect(index.isComplete(START + 2)).toBe(true);
	});

	it('evicts no conversation when known conversations are updated', () => {
		const index = new ConversationIndex('ch_1', now);
		for (let number = 0; number < MAX_CONVERSATIONS; number++) {
			index.update(conversation(`conv_${number}`, START + number), 'record');
		}
		for (let number = 0; number < 100; number++) {
			index.update(conversation(`conv_${number}`, START + 100_000), 'record');
		}

		for (const number of [0, 99, 100, 49_999]) {
			expect(index.findByContacts([contactIdOf(`conv_${number}`)])).toHaveLength(1);
		}
	});
});

describe('a refresh', () => {
	it('is shared by callers that wait for the next read, but not by a caller whose read has begun', async () => {
		const index = new ConversationIndex('ch_1', now);
		let release = () => {};
		const released = new Promise<void>((resolve) => {
			release = resolve;
		});
		const { sahut, requests } = clientOf(
			() => [],
			async () => await released,
		);
		const first = index.refresh(sahut);
		const later = [1, 2, 3].map(async () => await index.refresh(sahut));

		await new Promise((resolve) => setImmediate(resolve));

		expect(requests).toHaveLength(1);

		release();
		await Promise.all([first, ...later]);

		// The three were called after the first read had sent its request, so they share a second read.
		expect(requests).toHaveLength(2);
	});

	it('reads on after a page whose last conversation has no valid time', async () => {
		const index = new ConversationIndex('ch_1', now);
		const list = resolvedConversations(150);
		list[99]!.updated_at = 'yesterday';
		const { sahut } = clientOf(() => list);

		await index.refresh(sahut, START - MONTH_MS);

		expect(statesOf(index, 'conv_149')).toEqual([['resolved', START - 149 * MINUTE_MS]]);
	});

	it('reads again if a conversation was deleted between two pages, since another one has moved', async () => {
		const index = new ConversationIndex('ch_1', now);
		const list = resolvedConversations(250);
		let responses = 0;
		const { sahut, requests } = clientOf(
			() => list,
			async () => {
				responses += 1;
				if (responses === 2) list.splice(50, 1);
			},
		);

		await index.refresh(sahut, START - 220 * MINUTE_MS);

		// Three pages, the same again, and page 1 for activity in the meantime.
		expect(requests.filter(({ query }) => query?.status === undefined)).toHaveLength(7);
		expect(index.isComplete(START - 220 * MINUTE_MS)).toBe(true);
		expect(statesOf(index, 'conv_100')).toEqual([['resolved', START - 100 * MINUTE_MS]]);
	});

	it('is incomplete if conversations are deleted during each read', async () => {
		const index = new ConversationIndex('ch_1', now);
		const list = resolvedConversations(250);
		const { sahut } = clientOf(
			() => list,
			async () => void list.shift(),
		);

		await index.refresh(sahut, START - 220 * MINUTE_MS);

		expect(index.isComplete(START - 220 * MINUTE_MS)).toBe(false);
	});

	it('finds a conversation whose activity has moved it to a page that was read', async () => {
		const index = new ConversationIndex('ch_1', now);
		const list = resolvedConversations(250);
		let responses = 0;
		const { sahut } = clientOf(
			() => list,
			async () => {
				responses += 1;
				if (responses !== 2) return;
				const [moved] = list.splice(150, 1);
				list.unshift({ ...moved!, updated_at: toIsoTime(START) });
			},
		);

		await index.refresh(sahut, START - 220 * MINUTE_MS);

		expect(statesOf(index, 'conv_150')).toEqual([['resolved', START]]);
	});

	it('fails for the caller whose read fails, and runs again for the callers that wait', async () => {
		const index = new ConversationIndex('ch_1', now);
		const failing = clientOf(
			() => [],
			async () => {
				throw new Error('refused');
			},
		);
		const working = clientOf(() => [conversation('conv_1', START)]);
		const first = index.refresh(failing.sahut);

		const second = index.refresh(working.sahut);

		await expect(first).rejects.toThrow('refused');

		await second;

		expect(statesOf(index, 'conv_1')).toEqual([['open', START]]);
	});
});

describe('a later state of a conversation', () => {
	const sentAt = START + MINUTE_MS;

	function openWithMessage(): ConversationIndex {
		const index = new ConversationIndex('ch_1', now);
		index.update(conversation('conv_1', START), 'list');
		index.recordActivity(contactIdOf('conv_1'), 'conv_1', sentAt);
		return index;
	}

	it('shows that messages move `updated_at` if it has the time of the message', () => {
		const index = openWithMessage();

		index.update(conversation('conv_1', sentAt), 'list');

		expect(index.showsMessages).toBe(true);
	});

	it('shows nothing about messages if an agent has changed it long after the message', () => {
		const index = openWithMessage();

		index.update(conversation('conv_1', sentAt + 10 * MINUTE_MS), 'list');

		expect(index.showsMessages).toBeUndefined();
	});
});

it('the contacts of a number are not current if one of two was not shown for more than five minutes', () => {
	const phone = '+628123456789';
	const index = new ConversationIndex('ch_1', now);
	const showWithPhone = (id: string) => {
		const contact = { id: contactIdOf(id), name: 'Budi', phone };
		index.update(conversation(id, time, { contact }), 'list');
	};
	showWithPhone('conv_1');
	showWithPhone('conv_2');
	expect(index.areContactsCurrent(phone, '62')).toBe(true);
	time += 4 * MINUTE_MS;
	showWithPhone('conv_2');
	time += 2 * MINUTE_MS;

	expect(index.findContacts(phone, '62').map(({ id }) => id)).toEqual([contactIdOf('conv_2')]);
	expect(index.areContactsCurrent(phone, '62')).toBe(false);
});
