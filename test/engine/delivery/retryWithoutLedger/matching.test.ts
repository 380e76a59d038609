import type { INode } from 'n8n-workflow';

import { byId } from '../../../support/locator';
import { createCrashedExecution, ageRecords } from '../../../support/retryData';
import { openConversation, sendText, type Workspace } from '../../../support/workspace';
import { continueInAnotherProcess } from '../customerFixture';
import { now } from '../../../support/testClock';

const TOO_MANY_MESSAGES = 'There are too many newer messages to search all of them.';

/** Opens a workspace with a conversation that is an hour old. */
async function openWithConversation() {
	const { workspace, conversation } = await openConversation();
	ageRecords(workspace, 60);
	return { ...workspace, conversation };
}

/** Returns the parameters of *Message: Send* for a template. */
const sendTemplate = (conversation: string, fields: INode['parameters']): INode['parameters'] => ({
	...sendText,
	conversationId: byId(conversation),
	messageType: 'template',
	...fields,
});

describe('a Retry of an execution of which n8n stored only the start', () => {
	it('finds a template whose text has a value directly after a letter', async () => {
		const workspace = await openWithConversation();
		const { conversation, sandbox } = workspace;
		const { id } = sandbox.store.addTemplate({ body: 'Tagihan Anda Rp{{total}} jatuh tempo.' });
		const templateVariables = { variable: [{ name: 'total', value: '450.000' }] };
		const parameters = sendTemplate(conversation, { templateId: id, templateVariables });
		const execution = createCrashedExecution(workspace, parameters);

		await execution.retry();
		await execution.retry();

		expect(workspace.sent(conversation)).toEqual(['Tagihan Anda Rp450.000 jatuh tempo.']);
	});

	it('finds the messages of two items with the same template', async () => {
		const workspace = await openWithConversation();
		const { conversation } = workspace;
		const parameters = sendTemplate(conversation, { templateId: 'tmpl_opening_hours' });
		const execution = createCrashedExecution(workspace, parameters, [{}, {}]);

		for (let time = 1; time <= 3; time++) await execution.retry();

		expect(workspace.sent(conversation)).toHaveLength(2);
	});

	/**
	 * Sends a text, applies a change in Sahut, and retries the execution once more.
	 *
	 * @returns the result of the last retry, and the texts that the execution has sent
	 */
	async function retryAfterChange(
		text: string,
		change: (workspace: Workspace, conversation: string) => void,
	) {
		const workspace = await openWithConversation();
		const { conversation } = workspace;
		const execution = createCrashedExecution(workspace, sendText, [{ conversation, text }]);
		await execution.retry();
		change(workspace, conversation);
		const { status, error } = await execution.retry();
		const own = workspace.sent(conversation).filter((each) => !each.startsWith('Pesan'));
		return { status, error, own };
	}

	it('finds a text whose whitespace Sahut has changed', async () => {
		const { status, own } = await retryAfterChange(
			'Halo Kak,\r\nterima kasih.\n',
			({ sandbox }, id) => {
				sandbox.store.messages(id).at(-1)!.content = 'Halo Kak,\nterima kasih.';
			},
		);

		expect([status, own]).toEqual(['success', ['Halo Kak,\nterima kasih.']]);
	});

	it('finds a message after a full page when pages have no total', async () => {
		const { status, own } = await retryAfterChange('Halo', ({ sandbox: { store, faults } }, id) => {
			store.addMessages(id, 150, { until: new Date(now() - 3 * 60 * 60_000) });
			const messages = store.messages(id);
			for (const data of [messages.slice(0, 100), messages.slice(100)]) {
				faults.add({ kind: 'body', method: 'GET', path: /messages$/, body: { data } });
			}
		});

		expect([status, own]).toEqual(['success', ['Halo']]);
	});

	it('sends nothing and reports an unknown outcome when over 1,000 messages have followed', async () => {
		const { status, own, error } = await retryAfterChange('Halo', (workspace, id) => {
			const until = new Date(now() + 1_000);
			workspace.sandbox.store.addMessages(id, 1_100, { spacingMs: 0, until });
			continueInAnotherProcess(workspace);
		});

		expect([status, own]).toEqual(['error', ['Halo']]);
		expect(error?.message).toContain('already has this message');
		expect(error?.description).toContain(TOO_MANY_MESSAGES);
	});
});
