import { openWorkspace } from './workspace';

/** The number of messages per conversation, and of further conversations. */
const RECORD_COUNT = 1_000;
/** The response time of the sandbox, which makes requests overlap. */
export const LATENCY_MS = 15;

/** Opens a workspace with many records, and returns rows for six of its conversations. */
export async function openWithManyRecords() {
	const workspace = await openWorkspace({ latencyMs: LATENCY_MS });
	const { store } = workspace.sandbox;
	const { id: channel } = store.addChannel();
	const rows = Array.from({ length: 6 }, (_, index) => {
		const contact = store.addContact({ name: `0812 0000 000${index}` });
		const conversation = store.addConversation({ contact });
		store.addMessages(conversation.id, RECORD_COUNT);
		return {
			conversation: conversation.id,
			contact: contact.id,
			channel,
			phone: `0812 0000 000${index}`,
		};
	});
	for (let index = 0; index < RECORD_COUNT; index++) store.addConversation();
	return { ...workspace, rows };
}
