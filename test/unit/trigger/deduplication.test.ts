import fc from 'fast-check';

import { EventMemory } from '../../../nodes/Sahut/trigger/deduplication';
import { readEvent } from '../../../nodes/Sahut/trigger/envelope';
import { eventKey } from '../../../nodes/Sahut/trigger/eventKey';
import { eventsOf, forget } from '../../../nodes/Sahut/trigger/memories';

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
	const came = { event: 'message.created', data: message };
	const first = { ...changed, id: 'evt_1', created_at: '2026-11-24T03:00:00Z', attempt: 1 };
	const again = { ...first, created_at: '2026-11-24T03:05:00Z', attempt: 2 };
	const timeless = { event: 'contact.updated', data: { id: 'ct_1' } };
	const flat = { event: 'message.created', id: 'msg_1', content: 'Halo' };
	const closed = { event: 'conversation.resolved', data: { id: 'conv_1' } };

	it.each<[string, object, object]>([
		['with the ID of one event, whatever else differs', first, again],
		['of one object and time', { ...changed, attempt: 1 }, { ...changed, attempt: 2 }],
		['of one body, with neither ID nor time', timeless, timeless],
		['of a flat message', flat, { ...flat, attempt: 2 }],
		['of a message, with other times', { ...came, timestamp: 1 }, { ...came, timestamp: 2 }],
		['of a message, with other IDs', { ...came, id: 'dlv_1' }, { ...came, id: 'dlv_2' }],
	])('%s are one event', (_, one, other) => {
		expect(keyOf(one)).toBe(keyOf(other));
	});

	it.each<[string, object, object]>([
		['with other IDs', first, { ...first, id: 'evt_2' }],
		['with another name', changed, { ...changed, event: 'conversation.resolved' }],
		['of another object', changed, { ...changed, data: { ...data, id: 'conv_2' } }],
		[
			'of another time',
			changed,
			{ ...changed, data: { ...data, updated_at: '2026-11-24T03:00:01Z' } },
		],
		['of two changes within one second', changed, { ...changed, data: resolved }],
		['of other bodies, with neither ID nor time', timeless, { ...timeless, attempt: 2 }],
		['of flat messages', flat, { ...flat, id: 'msg_2' }],
		[
			'of a conversation that was resolved twice and created once',
			{ ...closed, data: { ...data, updated_at: undefined, created_at: 'a', attempt: 1 } },
			{ ...closed, data: { ...data, updated_at: undefined, created_at: 'a', attempt: 2 } },
		],
		['that are no events, with other bodies', { hello: 1 }, { hello: 2 }],
		[
			'with the ID of their record, where IDs have no prefix',
			{ ...changed, id: 17, data: { ...data, id: 17 } },
			{ ...changed, id: 17, data: { ...resolved, id: 17 } },
		],
	])('%s are two events', (_, one, other) => {
		expect(keyOf(one)).not.toBe(keyOf(other));
	});
});

describe('the memory of a webhook', () => {
	it('lets each event in once, in whatever order and however often they are delivered', () => {
		const deliveries = fc.array(fc.record({ key: fc.nat(30).map(String), wait: fc.nat(1_000) }));
		fc.assert(
			fc.property(deliveries, (all) => {
				const memory = new EventMemory();
				let now = NOW;

				const taken = all.filter(({ key, wait }) => memory.claim(key, (now += wait)));

				expect(taken.map(({ key }) => key)).toEqual([...new Set(all.map(({ key }) => key))]);
			}),
		);
	});

	it('lets each event in once over any number of restarts, when it was stored in between', () => {
		const steps = fc.array(fc.oneof(fc.nat(30).map(String), fc.constant('restart' as const)));
		fc.assert(
			fc.property(steps, (all) => {
				let memory = new EventMemory();
				const taken: string[] = [];
				for (const [index, step] of all.entries()) {
					if (step === 'restart') {
						const stored = memory.toStore();
						memory = new EventMemory();
						memory.merge(JSON.parse(JSON.stringify(stored)));
					} else if (memory.claim(step, NOW + index)) taken.push(step);
				}

				expect(taken).toEqual([...new Set(all.filter((step) => step !== 'restart'))]);
			}),
		);
	});

	it('remembers for 24 hours', () => {
		const memory = new EventMemory();

		memory.claim('a', NOW);

		expect(memory.claim('a', NOW + 24 * HOUR_MS - 1)).toBe(false);
		expect(memory.claim('a', NOW + 24 * HOUR_MS)).toBe(true);
	});

	it('holds 10,000 events at most, and stores the newest 1,000', () => {
		const memory = new EventMemory();
		for (let index = 0; index < 10_001; index++) memory.claim(`${index}`, NOW + index);

		expect(memory.claim('1', NOW + 10_001)).toBe(false);
		expect(memory.claim('0', NOW + 10_001)).toBe(true);

		const stored = Object.keys(memory.toStore());

		expect(stored).toHaveLength(1_000);
		expect(stored).toContain('10000');
	});

	it('lets in again what was released, also when it was stored before that', () => {
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
	const updated = (name: string, more: object = {}) =>
		keyOf({ event: 'contact.updated', data: { ...contact, name }, ...more });
	const [x, y] = [updated('X'), updated('Y')];

	/** Whether each delivery starts an execution, in their order. */
	const claims = (keys: string[], memory = new EventMemory()) =>
		keys.map((key, index) => memory.claim(key, NOW + index));

	it.each<[string, (name: string) => string]>([
		['without a time', updated],
		['within one second', (name) => updated(name, { timestamp: '2026-11-24T03:00:00Z' })],
	])('from X to Y and back to X, %s, are three events', (_, of) => {
		expect(claims([of('X'), of('Y'), of('X')])).toEqual([true, true, true]);
	});

	it('that repeat the latest state are repeated deliveries', () => {
		expect(claims([x, x, y, y, x, x])).toEqual([true, false, true, false, true, false]);
	});

	it('of another contact do not change the latest state', () => {
		const other = keyOf({ event: 'contact.updated', data: { ...contact, id: 'ct_2' } });

		expect(claims([x, other, x])).toEqual([true, true, false]);
	});

	it('of different times are identified by the time, in any order', () => {
		const first = updated('X', { timestamp: '2026-11-24T03:00:00Z' });

		const second = updated('Y', { timestamp: '2026-11-24T03:00:01Z' });

		expect(claims([first, second, first, second])).toEqual([true, true, false, false]);
	});

	it('with the content of an hour ago are other events, since Sahut has stopped repeating', () => {
		const memory = new EventMemory();

		memory.claim(x, NOW);

		expect(memory.claim(x, NOW + HOUR_MS - 1)).toBe(false);
		expect(memory.claim(x, NOW + HOUR_MS)).toBe(true);
	});

	it('that return to a state after an excluded state are new events', () => {
		const memory = new EventMemory();

		memory.claim(x, NOW);
		memory.noteState(y, NOW + 1);

		expect(memory.claim(x, NOW + 2)).toBe(true);
	});

	it('are known after a restart by their latest state', () => {
		const before = new EventMemory();
		claims([x, y], before);
		const after = new EventMemory();

		after.merge(JSON.parse(JSON.stringify(before.toStore())));

		expect(claims([y, x], after)).toEqual([false, true]);
	});

	it('take the latest state from another process', () => {
		const memory = new EventMemory();

		memory.claim(x, NOW);
		memory.merge({ [y]: NOW / 1000 + 1 });

		expect(memory.claim(x, NOW + 2_000)).toBe(true);
	});

	it('keep the newer state if that of another process is older', () => {
		const memory = new EventMemory();

		memory.claim(y, NOW);
		memory.merge({ [x]: NOW / 1000 - 1 });

		expect(memory.claim(y, NOW + 1)).toBe(false);
	});

	it('that n8n could not take do not change a later state', () => {
		const memory = new EventMemory();

		claims([x, y], memory);
		memory.release(x);

		expect(memory.claim(y, NOW + 2)).toBe(false);
	});
});

describe('the memories of this process', () => {
	it('are one for each webhook, until it is deleted', () => {
		expect(eventsOf('wh_1').claim('a', NOW)).toBe(true);
		expect(eventsOf('wh_2').claim('a', NOW)).toBe(true);
		expect(eventsOf('wh_1').claim('a', NOW)).toBe(false);

		forget('wh_1');

		expect(eventsOf('wh_1').claim('a', NOW)).toBe(true);
	});

	it('take in what another process stored', () => {
		expect(eventsOf('wh_3', { a: NOW / 1000 }).claim('a', NOW)).toBe(false);
	});

	it('are 1,000 at most: the webhook that was used longest ago goes first', () => {
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
