import { HOUR_MS } from '../../../../sandbox/clock';
import { crashedExecution, ageRecords, retry } from '../../../support/retryData';
import { allSent, type Workspace } from '../../../support/workspace';
import {
	addConversation,
	BUDI,
	openWithContact,
	SITI,
	textOrTemplateToPhone,
} from '../deliveryFixture';

/** How often the node read each page of the conversation's messages. */
function readsOf({ sandbox }: Workspace, conversation: string): Record<string, number> {
	const reads: Record<string, number> = {};
	for (const { method, path, query } of sandbox.journal.entries) {
		if (method !== 'GET' || path !== `/conversations/${conversation}/messages`) continue;
		const page = `page ${query['page'] ?? 1}`;
		reads[page] = (reads[page] ?? 0) + 1;
	}
	return reads;
}

/** Budi has a conversation with so many messages, and wrote an hour ago. */
async function openWithHistory(messages: number) {
	const { workspace, contact } = await openWithContact();
	const { store } = workspace.sandbox;
	const { id } = addConversation(workspace, contact, { hoursAgo: 1 });
	store.addMessages(id, messages - 1, { until: new Date(store.now().getTime() - 2 * HOUR_MS) });
	ageRecords(workspace, 1);
	return { workspace, id };
}

const PAGES = [
	[1, 30],
	[3, 250],
] as const;

describe.each(PAGES)('with %i pages of messages', (_, messages) => {
	it('a Retry of an execution that died reads no page of messages twice', async () => {
		const { workspace, id } = await openWithHistory(messages);
		const parameters = textOrTemplateToPhone(workspace, { skipIfSentWithin: 24 });

		const { status } = await crashedExecution(workspace, parameters, [BUDI]).retry();

		expect(status).toBe('success');
		expect(workspace.sent(id).at(-1)).toBe(BUDI.text);
		const reads = Object.values(readsOf(workspace, id));
		expect(reads.length).toBeGreaterThan(0);
		expect(reads.filter((times) => times > 1)).toEqual([]);
	});

	it('a Retry of an execution that died after it had sent reads no page of messages twice', async () => {
		const { workspace, id } = await openWithHistory(messages);
		const parameters = textOrTemplateToPhone(workspace, { skipIfSentWithin: 24 });
		const died = crashedExecution(workspace, parameters, [BUDI]);
		await died.run();
		const sent = allSent(workspace);
		workspace.sandbox.journal.clear();

		const { status } = await died.retry();

		expect(status).toBe('success');
		expect(allSent(workspace)).toEqual(sent);
		const reads = Object.values(readsOf(workspace, id));
		expect(reads.filter((times) => times > 1)).toEqual([]);
	});

	it('a Retry of an execution that failed at this item reads no page of messages twice', async () => {
		const { workspace, id } = await openWithHistory(messages);
		const parameters = textOrTemplateToPhone(workspace, { skipIfSentWithin: 24 });
		workspace.sandbox.faults.add({ kind: 'status', status: 403, method: 'POST' });
		const failed = await workspace.run(parameters, [BUDI, SITI]);
		expect(failed.status).toBe('error');
		workspace.sandbox.journal.clear();

		const { status } = await retry(workspace, failed, parameters);

		expect(status).toBe('success');
		const reads = Object.values(readsOf(workspace, id));
		expect(reads.filter((times) => times > 1)).toEqual([]);
	});
});
