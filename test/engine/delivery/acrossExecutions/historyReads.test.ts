import { HOUR_MS } from '../../../../sandbox/clock';
import { createCrashedExecution, ageRecords, retry } from '../../../support/retryData';
import { allSentTexts, type Workspace } from '../../../support/workspace';
import {
	addConversation,
	BUDI,
	openWithContact,
	SITI,
	textOrTemplateToPhone,
} from '../deliveryFixture';

/** Returns the number of reads of each page of a conversation's messages. */
function readsOf({ sandbox }: Workspace, conversation: string): Record<string, number> {
	const reads: Record<string, number> = {};
	for (const { method, path, query } of sandbox.journal.entries) {
		if (method !== 'GET' || path !== `/conversations/${conversation}/messages`) continue;
		const page = `page ${query['page'] ?? 1}`;
		reads[page] = (reads[page] ?? 0) + 1;
	}
	return reads;
}

/**
 * Opens a workspace in which Budi has a conversation, and wrote in it an hour ago.
 *
 * @param messages the number of messages in the conversation
 */
async function openWithHistory(messages: number) {
	const { workspace, contact } = await openWithContact();
	const { store } = workspace.sandbox;
	const { id } = addConversation(workspace, contact, { hoursAgo: 1 });
	store.addMessages(id, messages - 1, { until: new Date(store.now().getTime() - 2 * HOUR_MS) });
	ageRecords(workspace, 1);
	return { workspace, id };
}

/** Asserts that the node has read at least one page, and none twice. */
function expectEachPageReadOnce(workspace: Workspace, conversation: string): void {
	const reads = readsOf(workspace, conversation);
	expect(Object.keys(reads)).toContain('page 1');
	expect(Object.entries(reads).filter(([, times]) => times > 1)).toEqual([]);
}

/** The number of pages, and of messages that fill them. */
const PAGES = [
	[1, 30],
	[3, 250],
] as const;

describe.each(PAGES)('with %i pages of messages', (_, messages) => {
	it('a Retry of a crashed execution reads no page of messages twice', async () => {
		const { workspace, id } = await openWithHistory(messages);
		const parameters = textOrTemplateToPhone(workspace, { skipIfSentWithin: 24 });

		const { status } = await createCrashedExecution(workspace, parameters, [BUDI]).retry();

		expect(status).toBe('success');
		expect(workspace.sent(id).at(-1)).toBe(BUDI.text);
		expectEachPageReadOnce(workspace, id);
	});

	it('a Retry of an execution that crashed after sending reads no page of messages twice', async () => {
		const { workspace, id } = await openWithHistory(messages);
		const parameters = textOrTemplateToPhone(workspace, { skipIfSentWithin: 24 });
		const execution = createCrashedExecution(workspace, parameters, [BUDI]);
		await execution.run();
		const sent = allSentTexts(workspace);
		workspace.sandbox.journal.clear();

		const { status } = await execution.retry();

		expect(status).toBe('success');
		expect(allSentTexts(workspace)).toEqual(sent);
		expectEachPageReadOnce(workspace, id);
	});

	it('a Retry of an execution that failed at the item reads no page of messages twice', async () => {
		const { workspace, id } = await openWithHistory(messages);
		const parameters = textOrTemplateToPhone(workspace, { skipIfSentWithin: 24 });
		const path = `/conversations/${id}/messages`;
		workspace.sandbox.faults.add({ kind: 'status', status: 403, method: 'POST', path });
		const failed = await workspace.run(parameters, [BUDI, SITI]);
		expect(failed.status).toBe('error');
		workspace.sandbox.journal.clear();

		const { status } = await retry(workspace, failed, parameters);

		expect(status).toBe('success');
		expectEachPageReadOnce(workspace, id);
	});
});
