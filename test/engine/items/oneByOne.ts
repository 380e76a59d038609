import type { INode } from 'n8n-workflow';
import { setTimeout as wait } from 'node:timers/promises';

import { sendText, until, type Workspace } from '../../support/workspace';

/** The settings of a node that n8n runs up to three times. */
export const RETRY_ON_FAIL = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };

/** Parameters that send the messages of the items one after another. */
export const ONE_BY_ONE: INode['parameters'] = { ...sendText, options: { concurrency: 1 } };

/** Returns the path of the messages of a conversation, as in the journal. */
export const messagesPath = (conversation: string) => `/conversations/${conversation}/messages`;

/** Waits until the node has received the response to a message. */
export async function waitForResponse({ sandbox: { journal } }: Workspace, conversation: string) {
	const path = messagesPath(conversation);
	await until(() => journal.entries.some((entry) => entry.path === path && entry.status));
	await wait(50);
}
