import fc from 'fast-check';

import { EventMemory } from '../../../nodes/Sahut/trigger/deduplication';
import { readEvent } from '../../../nodes/Sahut/trigger/envelope';
import { eventKey } from '../../../nodes/Sahut/trigger/eventKey';
import { eventsOf, recordDeleted } from '../../../nodes/Sahut/trigger/webhookState';

const HOUR_MS = 60 * 60 * 1000;
const NOW = Date.parse('2026-11-24T03:00:00Z');

const keyOf = (body: object) => {
	const text = JSON.stringify(body);
	return eventKey(readEvent(JSON.parse(text)), Buffer.from(text));
};

describe('two deliveries', () => {
	const data = { id: 'conv_1', status: 'open', updated_at: '2026-11-24T03:00:00Z' };
	const changed = { event: 'conversation.updated', data };
	const resolved = { ...data, status: 'resolved' };
	const message = { id: 'msg_1', content: 'Halo', created_at: '2026-11-24T03:00:00Z' };
	const created = { event: 'message.created', data: message };
	const first = { ...changed, id: 'evt_1', created_at: '2026-11-24T03:00:00Z', attempt: 1 };
	const repeated = { ...first, created_at: '2026-11-24T03:05:00Z', attempt: 2 };
	const withoutTime = { event: 'contact.updated', data: { id: 'ct_1' } };
	const flat = { event: 'message.created', id: 'msg_1', content: 'Halo' };
	const resolution = { event: 'conversation.resolved', data: { id: 'conv_1' } };

	it.each<[string, object, object]>([
		['with the same event ID and different other fields', first, repeated],
		['with the same record and time', { ...changed, attempt: 1 }, { ...changed, attempt: 2 }],
		['with the same body and neither ID nor time', withoutTime, withoutTime],
		['with the same flat message', flat, { ...flat, attempt: 2 }],
		[
			'with the same message and different times',
			{ ...created, timestamp: 1 },
			{ ...created, timestamp: 2 },
		],
		[
			'with the same message and different IDs',
			{ ...created, id: 'dlv_1' },
			{ ...created, id: 'dlv_2' },
		],
	])('%s are the same event', (_, one, other) => {
		expect(keyOf(one)).toBe(keyOf(other));
	});

	it.each<[string, object, object]>([
		['with different event IDs', first, { ...first, id: 'evt_2' }],
		['with different event names', changed, { ...changed, event: 'conversation.resolved' }],
		['with different records', changed, { ...changed, data: { ...data, id: 'conv_2' } }],
		[
			'with different times',
			changed,
			{ ...changed, data: { ...data, updated_at: '2026-11-24T03:00:01Z' } },
		],
		['with different changes within one second', changed, { ...changed, data: resolved }],
		['with different bodies and neither ID nor time', withoutTime, { ...withoutTime, attempt: 2 }],
		['with different flat messages', flat, { ...flat, id: 'msg_2' }],
		[
			'with two resolutions of a conversation and its creation time',
			{ ...resolution, data: { ...data, updated_at: undefined, created_at: 'a', attempt: 1 } },
			{ ...resolution, data: { ...data, updated_at: undefined, created_at: 'a', attempt: 2 } },
		],
		['that are not events, with different bodies', { hello: 1 }, { hello: 2 }],
		[
			'with the ID of their record in place of an event ID, and different states',
			{ ...changed, id: 17, data: { ...data, id: 17 } },
			{ ...changed, id: 17, data: { ...resolved, id: 17 } },
		],
	])('%s are different events', (_, one, other) => {
		expect(keyOf(one)).not.toBe(keyOf(other));
	});
});

describe('the memory of a webhook', () => {
	it('accepts each event once, in any order and for any number of deliveries', () => {
		const deliveries = fc.array(fc.record({ key: fc.nat(30).map(String), wait: fc.nat(1_000) }));
		fc.assert(
			fc.property(deliveries, (all) => {
				const memory = new EventMemory();
				let now = NOW;

				const accepted = all.filter(({ key, wait }) => memory.claim(key, (now += wait)));

				expect(accepted.map(({ key }) => key)).toEqual([...new Set(all.map(({ key }) => key))]);
			}),
		);
	});

	it('accepts each event once across any number of restarts, if it is stored before each restart', () => {
		const steps = fc.array(fc.oneof(fc.nat(30).map(String), fc.constant('restart' as const)));
		fc.assert(
			fc.property(steps, (all) => {
				let memory = new EventMemory();
				const accepted: string[] = [];
				for (const [index, step] of all.entries()) {
					if (step === 'restart') {
						const stored = memory.toStore();
						memory = new EventMemory();
						memory.merge(JSON.parse(JSON.stringify(stored)));
					} else if (memory.claim(step, NOW + index)) accepted.push(step);
				}

				expect(accepted).toEqual([...new Set(all.filter((step) => step !== 'restart'))]);
			}),
		);
	});

	it('remembers an event for 24 hours', () => {
		const memory = new EventMemory();

		memory.claim('a', NOW);

		expect(memory.claim('a', NOW + 24 * HOUR_MS - 1)).toBe(false);
		expect(memory.claim('a', NOW + 24 * HOUR_MS)).toBe(true);
	});

	it('remembers at most 10,000 events, and stores the newest 1,000', () => {
		const memory = new EventMemory();
		for (let index = 0; index < 10_001; index++) memory.claim(`${index}`, NOW + index);

		expect(memory.claim('1', NOW + 10_001)).toBe(false);
		expect(memory.claim('0', NOW + 10_001)).toBe(true);

		const stored = Object.keys(memory.toStore());

		expect(stored).toHaveLength(1_000);
		expect(stored).toContain('10000');
	});

	it('accepts a released event again, even if it was stored before its release', () => {
		const memory = new EventMemory();
		memory.claim('a', NOW);
		const stored = memory.toStore();

		memory.release('a');
		memory.merge(stored);

		expect(memory.claim('a', NOW)).toBe(true);
		expect(memory.claim('a', NOW)).toBe(false);
	});
});

describe('updates without an ID', () => {
	const contact = { id: 'ct_1', name: 'Budi', created_at: '2024-03-15T08:30:00Z' };
	const updated = (name: string, overrides: object = {}) =>
		keyOf({ event: 'contact.updated', data: { ...contact, name }, ...overrides });
	const [x, y] = [updated('X'), updated('Y')];

	/** Claims the events one after another. @returns whether each of them starts an execution */
	const claimAll = (keys: string[], memory = new EventMemory()) =>
		keys.map((key, index) => memory.claim(key, NOW + index));

	it.each<[string, (name: string) => string]>([
		['without a time', updated],
		['within one second', (name) => updated(name, { timestamp: '2026-11-24T03:00:00Z' })],
	])('from X to Y and back to X %s are three events', (_, toKey) => {
		expect(claimAll([toKey('X'), toKey('Y'), toKey('X')])).toEqual([true, true, true]);
	});

	it('that repeat the latest state are repeated deliveries', () => {
		expect(claimAll([x, x, y, y, x, x])).toEqual([true, false, true, false, true, false]);
	});

	it('of another contact do not change the latest state', () => {
		const other = keyOf({ event: 'contact.updated', data: { ...contact, id: 'ct_2' } });

		expect(claimAll([x, other, x])).toEqual([true, true, false]);
	});

	it('with different times are identified by their time, in any order', () => {
		const first = updated('X', { timestamp: '2026-11-24T03:00:00Z' });

		const second = updated('Y', { timestamp: '2026-11-24T03:00:01Z' });

		expect(claimAll([first, second, first, second])).toEqual([true, true, false, false]);
	});

	it('with the same content are new events after an hour, since Sahut no longer repeats the first one', () => {
		const memory = new EventMemory();

		memory.claim(x, NOW);

		expect(memory.claim(x, NOW + HOUR_MS - 1)).toBe(false);
		expect(memory.claim(x, NOW + HOUR_MS)).toBe(true);
	});

	it('that return to a state after a filtered-out state are new events', () => {
		const memory = new EventMemory();

		memory.claim(x, NOW);
		memory.noteState(y, NOW + 1);

		expect(memory.claim(x, NOW + 2)).toBe(true);
	});

	it('are compared with the stored latest state after a restart', () => {
		const before = new EventMemory();
		claimAll([x, y], before);
		const after = new EventMemory();

		after.merge(JSON.parse(JSON.stringify(before.toStore())));

		expect(claimAll([y, x], after)).toEqual([false, true]);
	});

	it('are compared with a newer state that another process has stored', () => {
		const memory = new EventMemory();

		memory.claim(x, NOW);
		memory.merge({ [y]: NOW / 1000 + 1 });

		expect(memory.claim(x, NOW + 2_000)).toBe(true);
	});

	it('are not compared with an older state that another process has stored', () => {
		const memory = new EventMemory();

		memory.claim(y, NOW);
		memory.merge({ [x]: NOW / 1000 - 1 });

		expect(memory.claim(y, NOW + 1)).toBe(false);
	});

	it('that n8n has rejected do not change a later state', () => {
		const memory = new EventMemory();

		claimAll([x, y], memory);
		memory.release(x);

		expect(memory.claim(y, NOW + 2)).toBe(false);
	});
});

describe('the memories of this process', () => {
	it('are separate for each webhook, and end when it is deleted', () => {
		expect(eventsOf('wh_1').claim('a', NOW)).toBe(true);
		expect(eventsOf('wh_2').claim('a', NOW)).toBe(true);
		expect(eventsOf('wh_1').claim('a', NOW)).toBe(false);

		recordDeleted('wh_1');

		expect(eventsOf('wh_1').claim('a', NOW)).toBe(true);
	});

	it('contain the events that another process has stored', () => {
		expect(eventsOf('wh_3', { a: NOW / 1000 }).claim('a', NOW)).toBe(false);
	});

	it('are limited to 1,000 webhooks, of which the least recently used one is evicted', () => {
		eventsOf('wh_first').claim('a', NOW);
		eventsOf('wh_second').claim('a', NOW);
		for (let index = 0; index < 999; index++) {
			eventsOf('wh_first');
			eventsOf(`wh_other_${index}`);
		}

		expect(eventsOf('wh_first').claim('a', NOW)).toBe(false);
		expect(eventsOf('wh_second').claim('a', NOW)).toBe(true);
	});
});
