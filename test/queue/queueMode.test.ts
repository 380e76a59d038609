import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox';
import { answerEvents, forEach } from './events';
import { countExecutions, startedBy, untilIdle } from './executions';
import { showFigures } from './figures';
import { killInTheMiddle } from './killedWorkers';
import {
	addConversations,
	countSent,
	post,
	publish,
	startQueueMode,
	type QueueMode,
} from './queueMode';
import { figuresOf, reachTwice } from './sameNumber';
import { startAnew } from './startedAnew';
import { batch } from './workflows';

const IDLE_TIMEOUT_MS = 180_000;

/** Deliveries and calls at once. */
const PARALLEL = 10;

let n8n: QueueMode;
let sandbox: Sandbox;
let sandboxes = 0;

beforeAll(async () => {
	n8n = await startQueueMode();
});
afterAll(async () => await n8n?.cluster.stop());
afterEach(async () => await sandbox?.close());

async function openSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	// With IDs of its own: the trigger remembers the events of each webhook by the webhook's ID.
	sandbox = await startSandbox({ data: 'empty', seed: ++sandboxes, ...options });
	return sandbox;
}

const range = (count: number) => Array.from({ length: count }, (_, index) => index);
const onceEach = (texts: string[]) => Object.fromEntries(texts.map((text) => [text, 1]));

it('answers 300 events once each, however often and close together they come to one webhook process', async () => {
	const { ids, sent, statuses } = await answerEvents(
		n8n,
		await openSandbox(),
		300,
		async (all, send) => {
			await forEach(all, PARALLEL, async (id, index) => {
				const times = index % 5 === 0 ? 2 : 1;
				await Promise.all(range(times).map(async () => await send(id, 0)));
			});
			const late = all.filter((_, index) => index % 7 === 0);
			await forEach(late, PARALLEL, async (id) => await send(id, 0));
		},
	);
	expect(statuses).toEqual(Array(300 + 60 + 43).fill(200));
	expect(sent).toEqual(onceEach(ids));
});

it('answers 200 events once each that come to two webhook processes by turns, and again later', async () => {
	const { ids, sent, statuses } = await answerEvents(
		n8n,
		await openSandbox(),
		200,
		async (all, send) => {
			await forEach(all, PARALLEL, async (id, index) => await send(id, index % 2));
			// To the process that has not had it.
			await forEach(all, PARALLEL, async (id, index) => {
				if (index % 3 === 0) await send(id, (index + 1) % 2);
			});
		},
	);
	expect(statuses).toEqual(Array(200 + 67).fill(200));
	expect(sent).toEqual(onceEach(ids));
});

it('answers events once or twice that come to two webhook processes at the same moment', async () => {
	const { ids, sent } = await answerEvents(n8n, await openSandbox(), 30, async (all, send) => {
		await forEach(all, PARALLEL, async (id) => {
			await Promise.all([send(id, 0), send(id, 1)]);
		});
	});
	const twice = ids.filter((id) => sent[id] === 2);
	showFigures('30 events, each to two webhook processes at once', {
		'answered twice': twice.length,
	});
	expect(Object.keys(sent).sort()).toEqual([...ids].sort());
	expect(Math.max(...Object.values(sent))).toBeLessThanOrEqual(2);
});

it('sends 1,000 messages once each from two workers that share a rate limit', async () => {
	const sahut = await openSandbox({ rateLimit: { requests: 200, windowMs: 3_000 } });
	const workflow = await publish(n8n, sahut, (id) => batch(id, 'limited'));
	const conversations = addConversations(sahut, 200);
	const before = n8n.cluster.workers.map((worker) => startedBy(worker).length);
	const messages = range(1_000).map((index) => ({
		text: `Pesan ${index}`,
		conversation: conversations[index % 200]!.id,
	}));

	await forEach(range(20), PARALLEL, async (part) => {
		await post(n8n, 'limited', { messages: messages.slice(part * 50, (part + 1) * 50) }, part % 2);
	});
	await untilIdle(n8n.session, workflow, IDLE_TIMEOUT_MS);

	const refused = sahut.journal.entries.filter(({ status }) => status === 429).length;
	const shares = n8n.cluster.workers.map(
		(worker, index) => startedBy(worker).length - before[index]!,
	);
	showFigures('1,000 messages', { refused, 'executions per worker': shares.join(' + ') });
	expect(countSent(sahut)).toEqual(onceEach(messages.map(({ text }) => text)));
	expect(await countExecutions(n8n.session, workflow, ['success'])).toBe(20);
	expect(refused).toBeGreaterThan(0);
	expect(Math.min(...shares)).toBeGreaterThan(0);
});

it('sends both messages to a new number that two workers reach at the same moment', async () => {
	const { reached, shares } = await reachTwice(n8n, await openSandbox({ latencyMs: 50 }), {
		path: 'both',
		count: 30,
		second: 'at the same moment',
	});
	showFigures('30 new numbers, each twice at once', figuresOf(reached, shares));
	for (const { contacts, conversations, messages, onTwoWorkers } of reached) {
		expect(messages).toBe(2);
		const most = onTwoWorkers ? 2 : 1;
		expect(contacts).toBeLessThanOrEqual(most);
		expect(conversations).toBeLessThanOrEqual(most);
	}
	expect(Math.min(...shares)).toBeGreaterThan(0);
});

it('sends once or twice what two workers are told at the same moment to send once', async () => {
	const { reached, shares } = await reachTwice(n8n, await openSandbox({ latencyMs: 50 }), {
		path: 'once',
		count: 30,
		second: 'at the same moment',
		options: { skipIfSentWithin: 1 },
	});
	showFigures('30 new numbers, each twice at once, to send once', figuresOf(reached, shares));
	for (const { contacts, conversations, messages, skipped, onTwoWorkers } of reached) {
		const most = onTwoWorkers ? 2 : 1;
		expect(contacts).toBeLessThanOrEqual(most);
		expect(conversations).toBeLessThanOrEqual(most);
		expect(messages).toBeLessThanOrEqual(most);
		expect(messages + skipped).toBe(2);
	}
	expect(Math.min(...shares)).toBeGreaterThan(0);
});

it('sends once what is to be sent once, whichever worker comes later', async () => {
	const { reached, shares } = await reachTwice(n8n, await openSandbox({ latencyMs: 50 }), {
		path: 'later',
		count: 15,
		second: 'when the first has sent',
		options: { skipIfSentWithin: 1 },
	});
	showFigures('15 new numbers, each once more, to send once', figuresOf(reached, shares));
	for (const { contacts, conversations, messages, skipped } of reached) {
		expect({ contacts, conversations, messages, skipped }).toEqual({
			contacts: 1,
			conversations: 1,
			messages: 1,
			skipped: 1,
		});
	}
	expect(reached.some(({ onTwoWorkers }) => onTwoWorkers)).toBe(true);
});

it('sends what is missing, and nothing twice, when a batch whose worker was killed is started anew', async () => {
	const { before, kept, ...anew } = await startAnew(n8n, await openSandbox({ latencyMs: 200 }));
	showFigures('a batch of 100, its worker killed', {
		'sent by then': before,
		'sent when started anew': anew.sent,
		'skipped when started anew': anew.skipped,
	});
	expect(kept).toEqual([]);
	expect(before).toBeLessThan(100);
	expect(anew).toEqual({
		status: 'success',
		sent: 100 - before,
		skipped: before,
		counts: Array(100).fill(1),
	});
});

it('sends nothing twice when workers are killed, and what is missing where n8n can retry', async () => {
	const { stays, dies, counts } = await killInTheMiddle(n8n, await openSandbox({ latencyMs: 200 }));
	showFigures('two batches of 100, both workers killed', {
		'sent, webhook process alive': stays.before,
		'the same after Retry': stays.after,
		'sent, webhook process killed too': dies.before,
		'those after Retry': dies.after,
	});
	expect(new Set(counts)).toEqual(new Set([1]));
	// As a rule n8n has thrown its data away; where its start was kept, all goes out.
	expect([stays.before, 100]).toContain(stays.after);
	expect(dies.before).toBeLessThan(100);
	expect(dies.after).toBe(100);
});
