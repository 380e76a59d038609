import { HOUR_MS, SECOND_MS, toTimestamp } from '../../../../sandbox/clock';
import { advanceClock, now } from '../../../support/testClock';
import { allSentTexts, openWorkspace, toPhone } from '../../../support/workspace';

const phoneOf = (index: number) => `+6281230000${String(100 + index)}`;

const TEXT = { messageType: 'text', content: '=Halo {{ $json.name }}' };

it('an item of a batch that waits while it is planned uses the conversation that the customer has opened since', async () => {
	const workspace = await openWorkspace();
	const { store, journal, faults } = workspace.sandbox;
	const rows = Array.from({ length: 15 }, (_, index) => ({
		phone: phoneOf(index),
		name: `Pelanggan ${index}`,
	}));
	const conversations = rows.map((row, index) => {
		const at = new Date(now() - (19 - index) * HOUR_MS);
		// Not in the order of activity, so that the node recognizes the order of the list.
		const created_at = toTimestamp(new Date(now() - (900 + index) * HOUR_MS));
		const contact = store.addContact({ ...row, created_at });
		const status = index === 0 ? 'resolved' : 'open';
		const conversation = store.addConversation({
			contact,
			status,
			created_at,
			updated_at: toTimestamp(at),
		});
		store.addIncoming(conversation.id, 'Halo', at);
		conversation.status = status;
		return conversation;
	});
	const [resolved] = conversations;
	const path = `/conversations/${resolved!.id}/messages`;
	let opened: string | undefined;
	faults.add({ kind: 'slow', delayMs: 1_000, method: 'GET', path });
	journal.emitter.on('request', (request) => {
		if (opened || request.method !== 'GET' || request.path !== path) return;
		opened = store.addConversation({ contact: resolved!.contact }).id;
		store.addIncoming(opened, 'Halo, saya mau pesan.');
		advanceClock(12 * SECOND_MS);
	});

	const { output } = await workspace.run(
		{ ...toPhone(workspace, { concurrency: 3, skipIfSentWithin: 24 }), ...TEXT },
		rows,
	);

	expect(opened).toBeDefined();
	expect(output('Sahut')[0]!.json.conversation_id).toBe(opened);
	expect(allSentTexts(workspace)).toHaveLength(rows.length);
});
