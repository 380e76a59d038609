import { SECOND_MS } from '../../../../sandbox/clock';
import { OTHER_BOT } from '../../../support/automation';
import { retry } from '../../../support/retryData';
import { openConversation, openWorkspace, sendText } from '../../../support/workspace';
import { addOutgoing } from '../outgoingMessages';
import { now } from '../../../support/testClock';

const REPLY = 'Halo Budi, terima kasih sudah menghubungi kami.';

/** Message: Send of a template whose only value is the customer's name. */
const sendFollowUp = {
	...sendText,
	messageType: 'template',
	templateId: 'tmpl_follow_up',
	templateVariables: { variable: [{ name: 'customer_name', value: 'Budi' }] },
	options: { concurrency: 1 },
};

it('does not match a template whose response was lost with the auto-reply of another bot', async () => {
	const { workspace, conversation } = await openConversation();
	const { faults } = workspace.sandbox;
	await workspace.run(sendText, [{ conversation, text: 'Selamat pagi' }]);
	addOutgoing(workspace, conversation, REPLY, {
		sender: OTHER_BOT,
		at: new Date(now() + SECOND_MS),
	});
	faults.add({ kind: 'status', status: 502, method: 'POST' });

	const { status, error } = await workspace.run(sendFollowUp, [{ conversation }]);

	expect(status).toBe('error');
	expect(error?.context).toMatchObject({ mayHaveArrived: true });
});

it('a Retry sends a template that the execution has not tried, although another bot has written the customer’s name since', async () => {
	const workspace = await openWorkspace();
	const [a, b, c] = workspace.addConversations(3);
	workspace.rejectMessages(b);
	const rows = [a, b, c].map((conversation) => ({ conversation }));
	const failed = await workspace.run(sendFollowUp, rows);
	expect(failed.status).toBe('error');
	for (const id of [b!, c!]) {
		addOutgoing(workspace, id, REPLY, { sender: OTHER_BOT, at: new Date(now() + SECOND_MS) });
	}

	const { status } = await retry(workspace, failed, sendFollowUp);

	const sent = [a, b, c].map((id) => workspace.sent(id!).filter((text) => text !== REPLY).length);
	expect(status).toBe('success');
	expect(sent).toEqual([1, 1, 1]);
});
