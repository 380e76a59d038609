import type { INode } from 'n8n-workflow';

import { byId } from '../../../support/locator';
import { openWorkspace, toPhone, type Workspace } from '../../../support/workspace';

/** The default customer, as the JSON of an item. */
export const ANI = { phone: '0812 0000 0001', name: 'Ani' };

/** Returns the parameters of *Message: Send to Phone Number* for a template, which needs no open 24-hour window. */
export const toPhoneOnChannel = (workspace: Workspace, channel: string): INode['parameters'] => ({
	...toPhone(workspace),
	channelId: byId(channel),
});

/** Opens a workspace with one WhatsApp channel, and a function that sends to a phone number on it. */
export async function openChannel(options: Parameters<typeof openWorkspace>[0] = {}) {
	const workspace = await openWorkspace(options);
	const { id: channel } = workspace.sandbox.store.addChannel();
	const send = async (row = ANI, parameters = toPhoneOnChannel(workspace, channel)) =>
		await workspace.run(parameters, [row]);
	return { ...workspace, channel, send };
}
