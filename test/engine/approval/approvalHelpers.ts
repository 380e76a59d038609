import type { INode } from 'n8n-workflow';

import type { WorkflowToRun } from '../../support/engine';
import { sahutWorkflow, toItems } from '../../support/engine';
import { byId } from '../../support/locator';
import { openConversation, type NodeSettings } from '../../support/workspace';
import { openWaitingHost } from './waitingHost';

/** Approval Options with both buttons. */
export const APPROVE_OR_DECLINE = { type: 'double' };

/** Returns the parameters of Send and Wait for Approval. The question comes from the item. */
export const askIn = (
	conversation: string,
	more: INode['parameters'] = {},
): INode['parameters'] => ({
	resource: 'message',
	operation: 'sendAndWait',
	conversationId: byId(conversation),
	message: '={{ $json.question }}',
	approval: APPROVE_OR_DECLINE,
	...more,
});

/** Returns the link at the end of a text. */
export const linkIn = (text = ''): string => /https?:\S+$/.exec(text)?.[0] ?? 'no link';

/** Opens a conversation, and an n8n with a workflow that asks a question there. */
export async function openApproval({
	parameters = {},
	rows = [{ question: 'Kirim jawaban ini?' }],
	settings = {},
	overrides = {},
	name = 'Sahut',
	type,
	withNext = false,
}: {
	parameters?: INode['parameters'];
	rows?: Parameters<typeof toItems>[0];
	settings?: NodeSettings;
	overrides?: Partial<WorkflowToRun>;
	/** The name of the Sahut node. */
	name?: string;
	/** The type of the Sahut node, which `overrides` must provide; by default, the type of this package. */
	type?: string;
	/** Adds a No Operation node after the Sahut node. `overrides` must provide it. */
	withNext?: boolean;
} = {}) {
	const opened = await openConversation();
	const { conversation, credentials, sent } = opened;
	const { nodes, connections } = sahutWorkflow(askIn(conversation, parameters), settings);
	nodes[1]!.name = name;
	if (type) nodes[1]!.type = type;
	connections.Customers!.main![0]![0]!.node = name;
	if (withNext) {
		nodes.push({ ...nodes[1]!, id: 'next', name: 'Next', type: 'n8n-nodes-base.noOp' });
		connections[name] = { main: [[{ node: 'Next', type: 'main', index: 0 }]] };
	}
	const n8n = await openWaitingHost(
		{ nodes, connections, items: toItems(rows), credentials, ...overrides },
		name,
	);
	return {
		...opened,
		n8n,
		notes: () => sent(conversation),
		/** The link in the latest note. */
		link: () => linkIn(sent(conversation).at(-1)),
	};
}
