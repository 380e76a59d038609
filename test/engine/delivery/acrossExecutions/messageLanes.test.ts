import { setTimeout as wait } from 'node:timers/promises';

import { retry } from '../../../support/retryData';
import { allSent, sendText } from '../../../support/workspace';
import {
	addConversation,
	BUDI,
	hideConversations,
	LONG_AGO,
	openWithContact,
	runItem,
	templateToPhone,
	textToPhone,
} from '../deliveryFixture';

it('a Retry does not take the message that another execution is sending for its own lost one', async () => {
	const { workspace, contact } = await openWithContact();
	const { faults } = workspace.sandbox;
	const { id } = addConversation(workspace, contact, { hoursAgo: 1 });
	const parameters = textToPhone(workspace);
	faults.add({ kind: 'dropBefore', method: 'POST' });
	const failed = await workspace.run(parameters, [BUDI]);
	expect(failed.status).toBe('error');
	faults.add({ kind: 'slow', delayMs: 1_500, method: 'POST' });
	const other = workspace.run(sendText, [{ conversation: id, text: BUDI.text }]);
	await wait(400);

	const again = await retry(workspace, failed, parameters);

	expect((await other).status).toBe('success');
	expect(allSent(workspace)).toHaveLength(1);
	expect(again.error?.message).toMatch(/^The outcome of an earlier request to .* is unknown/);
});

it('stops planning when Sahut returns an existing conversation on another channel', async () => {
	const { workspace, contact } = await openWithContact();
	const { store, faults } = workspace.sandbox;
	const data = { ...store.addConversation({ contact, channel: store.channelOfType('email') }) };
	data.created_at = LONG_AGO;
	hideConversations(workspace);
	faults.add({ kind: 'body', method: 'POST', path: '/conversations', status: 200, body: { data } });

	await runItem(workspace, templateToPhone(workspace), BUDI, { cancelWhen: wait(3_000) });

	expect(workspace.requests().length).toBeLessThan(20);
}, 20_000);
