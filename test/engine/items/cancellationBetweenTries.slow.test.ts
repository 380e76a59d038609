import { setTimeout as wait } from 'node:timers/promises';

import { openWorkspace } from '../../support/workspace';
import { ONE_BY_ONE, RETRY_ON_FAIL, waitForResponse } from './oneByOne';

/** Long enough to cancel in the meantime, even on a busy machine. */
const WAIT_BETWEEN_TRIES_MS = 1_500;

it.each(['stopWorkflow', 'continueRegularOutput'] as const)(
	'Nothing is sent after a cancellation between two tries of Retry On Fail, with On Error %s',
	async (onError) => {
		const workspace = await openWorkspace();
		const conversations = workspace.addConversations(2);
		const [refused] = conversations;
		workspace.rejectMessages(refused);

		const { status } = await workspace.run(
			ONE_BY_ONE,
			conversations.map((conversation) => ({ conversation, text: 'Halo' })),
			{ ...RETRY_ON_FAIL, waitBetweenTries: WAIT_BETWEEN_TRIES_MS, onError },
			{ cancelWhen: waitForResponse(workspace, refused!) },
		);

		// Longer than the wait between two tries.
		await wait(WAIT_BETWEEN_TRIES_MS + 200);
		expect(status).toBe('canceled');
		expect(workspace.sent(refused!)).toEqual([]);
	},
);
