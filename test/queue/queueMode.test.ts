import { describeEvents, forEachConcurrently } from './events';
import { countExecutions, executionsStartedBy, waitUntilIdle } from './executions';
import { printFigures } from './figures';
import { describeKilledWorkers } from './killedWorkers';
import {
	addConversations,
	countSentByText,
	openSandbox,
	callWebhook,
	publishWorkflow,
	useQueueMode,
} from './queueMode';
import { describeSameNumber } from './sameNumber';
import { createBatchWorkflow } from './workflows';

// All tests are in one file, since they share an n8n.
const queue = useQueueMode();
const MESSAGES = 1_000;
const CONVERSATIONS = 200;
const BATCHES = 20;
const BATCH_SIZE = MESSAGES / BATCHES;

describe('the trigger', () => describeEvents(queue));

it('two workers that share a rate limit send each of 1,000 messages once', async () => {
	const { session, cluster } = queue;
	const { journal } = await openSandbox(queue, { rateLimit: { requests: 200, windowMs: 3_000 } });
	const workflow = await publishWorkflow(queue, (id) => createBatchWorkflow(id, 'limited'));
	const conversations = addConversations(queue, CONVERSATIONS);
	const before = cluster.workers.map((worker) => executionsStartedBy(worker).length);
	const messages = Array.from({ length: MESSAGES }, (_, index) => ({
		text: `Pesan ${index}`,
		conversation: conversations[index % CONVERSATIONS]!.id,
	}));

	const batches = Array.from({ length: BATCHES }, (_, index) => index);
	await forEachConcurrently(batches, async (index) => {
		const body = { messages: messages.slice(index * BATCH_SIZE, (index + 1) * BATCH_SIZE) };
		await callWebhook(queue, 'limited', body, index % 2);
	});
	await waitUntilIdle(session, workflow);

	const refused = journal.entries.filter(({ status }) => status === 429).length;
	const shares = cluster.workers.map(
		(worker, index) => executionsStartedBy(worker).length - before[index]!,
	);
	printFigures('1,000 messages', { refused, 'executions per worker': shares.join(' + ') });

	expect(countSentByText(queue)).toEqual(Object.fromEntries(messages.map(({ text }) => [text, 1])));
	expect(await countExecutions(session, workflow, ['success'])).toBe(BATCHES);
	expect(refused).toBeGreaterThan(0);
	expect(Math.min(...shares)).toBeGreaterThan(0);
});

describe('a new phone number', () => describeSameNumber(queue));
describe('a batch', () => describeKilledWorkers(queue));
