import { retry } from '../../../support/retryData';
import { allSentTexts, sendText, until } from '../../../support/workspace';
import { addConversation, BUDI, openWithContact, textToPhone } from '../deliveryFixture';

it('a Retry does not match its lost message with the equal message that another execution is sending', async () => {
	const { workspace, contact } = await openWithContact();
	const { faults } = workspace.sandbox;
	const { id } = addConversation(workspace, contact, { hoursAgo: 1 });
	const parameters = textToPhone(workspace);
	faults.add({ kind: 'dropBefore', method: 'POST' });
	const failed = await workspace.run(parameters, [BUDI]);
	expect(failed.status).toBe('error');
	faults.add({ kind: 'slow', delayMs: 1_500, method: 'POST' });
	const other = workspace.run(sendText, [{ conversation: id, text: BUDI.text }]);
	await until(() => allSentTexts(workspace).length === 1);

	const again = await retry(workspace, failed, parameters);

	expect((await other).status).toBe('success');
	expect(allSentTexts(workspace)).toHaveLength(1);
	expect(again.error?.context).toMatchObject({ reason: 'unknown_outcome' });
});
