import { describeEvents, forEach } from './events';
import { countExecutions, startedBy, untilIdle } from './executions';
import { showFigures } from './figures';
import { describeKilledWorkers } from './killedWorkers';
import { addConversations, countSent, openSandbox, post, publish, useQueueMode } from './queueMode';
import { describeSameNumber } from './sameNumber';
import { batch } from './workflows';

// All in one file of tests, since they share an n8n.
const queue = useQueueMode();

describe('The trigger', () => describeEvents(queue));

it('sends 1,000 messages once each from two workers that share a rate limit', async () => {
	const { session, cluster } = queue;
	const { journal } = await openSandbox(queue, { rateLimit: { requests: 200, windowMs: 3_000 } });
	const workflow = await publish(queue, (id) => batch(id, 'limited'));
	const conversations = addConversations(queue, 200);
	const before = cluster.workers.map((worker) => startedBy(worker).length);
	const messages = Array.from({ length: 1_000 }, (_, index) => ({
		text: `Pesan ${index}`,
		conversation: conversations[index % 200]!.id,
	}));

	const parts = Array.from({ length: 20 }, (_, index) => index);
	await forEach(parts, async (part) => {
		const body = { messages: messages.slice(part * 50, (part + 1) * 50) };
		await post(queue, 'limited', body, part % 2);
	});
	await untilIdle(session, workflow);

	const refused = journal.entries.filter(({ status }) => status === 429).length;
	const shares = cluster.workers.map((worker, index) => startedBy(worker).length - before[index]!);
	showFigures('1,000 messages', { refused, 'executions per worker': shares.join(' + ') });

	expect(countSent(queue)).toEqual(Object.fromEntries(messages.map(({ text }) => [text, 1])));
	expect(await countExecutions(session, workflow, ['success'])).toBe(20);
	expect(refused).toBeGreaterThan(0);
	expect(Math.min(...shares)).toBeGreaterThan(0);
});

describe('A number', () => describeSameNumber(queue));
describe('A batch', () => describeKilledWorkers(queue));
