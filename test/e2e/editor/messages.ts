import {
	addAction,
	addNode,
	addOption,
	addRow,
	selectOption,
	closePanel,
	enterId,
	waitForRunResult,
	executeStep,
	locateField,
	fillField,
	nodeOnCanvas,
	openNewWorkflow,
	openSearchableList,
	startWorkflow,
	turnOnSwitch,
} from '../../../scripts/editor';
import { byId } from '../../support/locator';
import { addConversation, addCredential } from '../n8nFixture';
import { NODE_NAME, openStoredNode, testInEditor, type EditorFixture } from './editorFixture';

/** A customer whom the sample data of the sandbox do not contain. */
const CUSTOMER = 'Sulastri Wijayakusuma';
const DAY_MS = 24 * 60 * 60 * 1_000;

/** The parameters of *Message: Send*. */
const SEND = { resource: 'message', operation: 'send' };

/** Defines the tests of sending and reading messages. */
export function describeMessages(fixture: EditorFixture): void {
	testInEditor(fixture, 'sends a text to a conversation from the searchable list', async () => {
		const { page, sandbox } = fixture;
		const id = addConversation(fixture, CUSTOMER);
		await addCredential(fixture);
		await openNewWorkflow(page);
		await addNode(page, 'manual', 'Manual Trigger');
		await addAction(page, 'Sahut', 'Actions', 'Send a message');

		const entries = await openSearchableList(page, 'conversationId', 'wijayak');
		await entries.filter({ hasNotText: CUSTOMER }).first().waitFor({ state: 'detached' });
		await entries.first().waitFor();
		expect(await entries.allInnerTexts()).toEqual([`${CUSTOMER} · WhatsApp Utama · open`]);

		await entries.click();
		await fillField(page, 'content', 'Masih ada, Kak.');
		const output = await executeStep(page);

		const sent = sandbox.store.messages(id).at(-1)!;
		expect(sent).toMatchObject({ type: 'outgoing', content: 'Masih ada, Kak.' });
		const outputText = await output.innerText();
		expect(outputText).toContain('1 item');
		expect(outputText).toContain(sent.id);
		expect(outputText).toContain('Masih ada, Kak.');
	});

	testInEditor(fixture, 'sends a template with variables that were entered as rows', async () => {
		const { page, sandbox } = fixture;
		const id = addConversation(fixture, CUSTOMER);
		const body = 'Halo {{customer_name}}, pesanan {{order_id}} sudah dikirim.';
		const { id: template } = sandbox.store.addTemplate({ body });
		const variables = { customer_name: 'Ibu Sulastri', order_id: 'ORD-2041' };
		await openStoredNode(fixture, SEND);

		await (await openSearchableList(page, 'conversationId', 'Sulastri'))
			.getByText(CUSTOMER)
			.click();
		await selectOption(page, 'messageType', 'WhatsApp Template');
		await fillField(page, 'templateId', template);
		for (const [name, value] of Object.entries(variables)) {
			await addRow(page, 'templateVariables');
			await fillField(page, 'name', name);
			await fillField(page, 'value', value);
		}
		expect(await locateField(page, 'value').count()).toBe(2);

		await closePanel(page);
		await startWorkflow(page);

		expect(await waitForRunResult(page)).toContain('Workflow executed successfully');

		const node = nodeOnCanvas(page, NODE_NAME);
		await node.getByTestId('canvas-node-status-success').waitFor();
		expect(sandbox.store.messages(id).slice(1)).toEqual([
			expect.objectContaining({
				content: 'Halo Ibu Sulastri, pesanan ORD-2041 sudah dikirim.',
				template_id: template,
				template_variables: variables,
			}),
		]);
	});

	testInEditor(
		fixture,
		'sends the template if the customer last wrote two days ago, and skips it in the next run',
		async () => {
			const { page, sandbox } = fixture;
			const { store } = sandbox;
			const { id } = store.addConversation({ contact: store.addContact({ name: CUSTOMER }) });
			store.addIncoming(id, 'Halo', new Date(store.now().getTime() - 2 * DAY_MS));
			const { id: template } = store.addTemplate({ body: 'Halo Kak {{customer_name}}' });
			await openStoredNode(fixture, { ...SEND, conversationId: byId(id) });

			await selectOption(page, 'messageType', 'Text, or Template After 24 Hours');
			await fillField(page, 'content', 'Halo lagi, Kak.');
			await fillField(page, 'templateId', template);
			await addRow(page, 'templateVariables');
			await fillField(page, 'name', 'customer_name');
			await fillField(page, 'value', 'Sulastri 2041');
			await addOption(page, 'Skip If Sent Within (Hours)');
			const firstOutput = await (await executeStep(page)).innerText();
			const secondOutput = await executeStep(page);
			await secondOutput.getByText('sent_before').first().waitFor();

			expect(firstOutput).toContain('Halo Kak Sulastri 2041');
			expect(firstOutput).toContain('template');
			expect(
				store
					.messages(id)
					.slice(1)
					.map(({ content }) => content),
			).toEqual(['Halo Kak Sulastri 2041']);
		},
	);

	testInEditor(fixture, 'lists all messages of a conversation that has several pages', async () => {
		const { page, sandbox } = fixture;
		const id = addConversation(fixture);
		sandbox.store.addMessages(id, 129);
		const list = { resource: 'message', operation: 'list' };
		await openStoredNode(fixture, { ...list, conversationId: byId(id) });

		await turnOnSwitch(page, 'returnAll');
		const output = await executeStep(page);

		expect(await output.getByTestId('ndv-items-count').innerText()).toContain('130 items');
		const messages = sandbox.store.messages(id);
		expect(messages).toHaveLength(130);
		expect(await output.locator('tbody').innerText()).toContain(messages[0]!.id);
	});

	testInEditor(fixture, 'explains that a conversation ID is unknown', async () => {
		const { page, sandbox } = fixture;
		const idsBefore = [...sandbox.store.conversations.keys()];
		await openStoredNode(fixture, SEND);

		await enterId(page, 'conversationId', 'conv_01HX2B9K3M5N7P');
		await fillField(page, 'content', 'Masih ada, Kak.');
		const error = await (await executeStep(page)).innerText();

		expect(error).toContain('Conversation "conv_01HX2B9K3M5N7P" was not found in Sahut [item 0]');
		expect(error).toContain('Check the ID');
		expect([...sandbox.store.conversations.keys()]).toEqual(idsBefore);
		const writes = sandbox.journal.entries.filter(({ method }) => method === 'POST');
		expect(writes.map(({ status }) => status)).toEqual([404]);
	});
}
