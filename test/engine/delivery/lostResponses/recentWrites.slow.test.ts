import { setTimeout as wait } from 'node:timers/promises';
import type { INode } from 'n8n-workflow';

import { HOUR_MS } from '../../../../sandbox/clock';
import { measureRetainedBytes } from '../../../support/retainedBytes';
import { byId } from '../../../support/locator';
import { advanceClock } from '../../../support/testClock';
import {
	allSentTexts,
	conversationsOf,
	openConversation,
	sendText,
	until,
} from '../../../support/workspace';
import { sendTextOnce } from '../acrossExecutions/skipHelpers';
import {
	BUDI,
	createConversation,
	jsonsOf,
	LONG_AGO,
	openWithContact,
	runItem,
	SITI,
	SITI_E164,
	templateToPhone,
	textToPhone,
} from '../deliveryFixture';

const TEXT = 'Pesanan ORD-12 sudah dikirim';
const MANY = 5_100;
/** Enough on a busy machine. */
const SLOW_MS = 600_000;

/** Message: Send of a template with an order number, with *Skip If Sent Within* 24 hours. */
const templateOnce = (templateId: string): INode['parameters'] => ({
	...sendTextOnce,
	messageType: 'template',
	templateId,
	templateVariables: { variable: [{ name: 'order_id', value: 'ORD-12' }] },
});

describe('after 5,100 other conversations', () => {
	/** Sends one of two templates with the same values, and then sends to (or reads) many other conversations. */
	async function openAndSend(
		kind: 'messages' | 'a Dry Run',
		deviations: Array<'hidden-values'> = [],
	) {
		const { workspace, conversation } = await openConversation({ deviations });
		const { store } = workspace.sandbox;
		store.addTemplate({ id: 'tmpl_accepted', body: 'Pesanan {{order_id}} diterima' });
		store.addTemplate({ id: 'tmpl_paid', body: 'Pesanan {{order_id}} lunas' });
		await runItem(workspace, templateOnce('tmpl_accepted'), { conversation });
		const until = new Date(store.now().getTime() - HOUR_MS);
		const others = store.addConversations(MANY, { until, spacingMs: 1_000 });
		const isDryRun = kind === 'a Dry Run';
		const options = isDryRun
			? { concurrency: 20, dryRun: true, skipIfSentWithin: 24 }
			: { concurrency: 20 };
		const toOthers = { ...templateOnce('tmpl_accepted'), options };
		const rows = others.map(({ id }) => ({ conversation: id }));
		const { status } = await workspace.run(toOthers, rows);
		expect(status).toBe('success');
		return { workspace, conversation };
	}

	it(
		'Skip If Sent Within sends another template with the same values, and skips the same one',
		async () => {
			const { workspace, conversation } = await openAndSend('messages');

			const paid = await runItem(workspace, templateOnce('tmpl_paid'), { conversation });
			const accepted = await runItem(workspace, templateOnce('tmpl_accepted'), { conversation });

			expect(paid).toMatchObject({ content: 'Pesanan ORD-12 lunas' });
			expect(paid).not.toHaveProperty('skipped');
			expect(accepted).toMatchObject({ skip_reason: 'sent_before' });
			expect(workspace.sent(conversation)).toHaveLength(2);
		},
		SLOW_MS,
	);

	it(
		'in a Dry Run, Skip If Sent Within skips a template whose values Sahut hides, and sends another one',
		async () => {
			const { workspace, conversation } = await openAndSend('a Dry Run', ['hidden-values']);

			const paid = await runItem(workspace, templateOnce('tmpl_paid'), { conversation });
			const accepted = await runItem(workspace, templateOnce('tmpl_accepted'), { conversation });

			expect(paid).not.toHaveProperty('skipped');
			expect(accepted).toMatchObject({ skip_reason: 'sent_before' });
			expect(workspace.sent(conversation)).toEqual(['accepted', 'paid']);
		},
		SLOW_MS,
	);
});

it('a full read of a delayed list does not evict a new conversation from the cache', async () => {
	const { workspace } = await openWithContact({ deviations: ['late-lists'], listDelayMs: 2_500 });
	const { store } = workspace.sandbox;
	store.addConversations(150, { until: new Date(store.now().getTime() - HOUR_MS) });
	store.addContact({ phone: SITI_E164, created_at: LONG_AGO });
	const newCustomer = { phone: '0812-777-0003', name: 'Wati', order: 'ORD-12' };
	const first = await runItem(workspace, templateToPhone(workspace), newCustomer);
	expect(first).toMatchObject({ contact_created: true, conversation_created: true });
	advanceClock(1_500);
	// The process reads the list for a contact that is not new.
	await runItem(workspace, templateToPhone(workspace), SITI);

	const second = await runItem(workspace, templateToPhone(workspace), newCustomer);

	expect(second).toMatchObject({
		conversation_id: first.conversation_id,
		conversation_created: false,
	});
});

it.each([
	['lists show it late', ['late-lists']],
	['lists show it at once', []],
] as const)(
	'the run after a canceled POST /conversations uses the conversation that the POST has created (%s)',
	async (_, deviations) => {
		const { workspace } = await openWithContact({ deviations });
		const { faults } = workspace.sandbox;
		faults.add({ kind: 'slow', delayMs: 5_000, method: 'POST', path: '/conversations' });
		const cancelWhen = until(() => conversationsOf(workspace).length > 0);
		const canceled = await workspace.run(templateToPhone(workspace), [BUDI], {}, { cancelWhen });
		expect(canceled.status).toBe('canceled');

		const json = await runItem(workspace, templateToPhone(workspace));

		expect(json.error).toBeUndefined();
		const [conversation, ...others] = conversationsOf(workspace);
		expect(others).toEqual([]);
		expect(json.conversation_id).toBe(conversation!.id);
		expect(allSentTexts(workspace)).toHaveLength(1);
	},
);

describe('the first message of Conversation: Create', () => {
	async function createWithFirstMessage() {
		const { workspace, contact } = await openWithContact({ deviations: ['late-lists'] });
		const email = workspace.sandbox.store.channelOfType('email').id;
		const parameters = createConversation(contact, email, { firstMessage: TEXT });
		const { id } = await runItem(workspace, parameters);
		return { workspace, email, id: String(id) };
	}

	it('is not sent again by Send, although lists are delayed', async () => {
		const { workspace, id } = await createWithFirstMessage();

		expect(await runItem(workspace, sendTextOnce, { conversation: id, text: TEXT })).toMatchObject({
			skip_reason: 'sent_before',
			content: TEXT,
		});
		expect(allSentTexts(workspace)).toEqual([TEXT]);
	});

	it('is not sent again by Send to Phone Number, although lists are delayed', async () => {
		const { workspace, email, id } = await createWithFirstMessage();
		const parameters = {
			...textToPhone(workspace, { skipIfSentWithin: 24 }),
			channelId: byId(email),
		};

		expect(await runItem(workspace, parameters)).toMatchObject({
			skip_reason: 'sent_before',
			conversation_id: id,
		});
		expect(allSentTexts(workspace)).toEqual([TEXT]);
	});
});

describe('memory', () => {
	const MESSAGES = 1_800;
	const CHARACTERS = 10_000;
	/** Less than one text. The last requests retain up to half a text each until they are collected. */
	const MAX_BYTES_PER_MESSAGE = 6_000;

	it(
		'contains no texts after 1,800 messages of 10,000 characters',
		async () => {
			const { workspace } = await openConversation();
			const { store, journal } = workspace.sandbox;
			const conversations = workspace.addConversations(60);
			const parameters = {
				...sendText,
				content: '={{ $json.text }}',
				options: { concurrency: 20 },
			};

			/** Sends messages, and releases all references of the sandbox and n8n to them. */
			async function send(count: number, mark: string) {
				const rows = Array.from({ length: count }, (_, index) => ({
					conversation: conversations[index % conversations.length]!,
					text: `${mark} ${index} `.padEnd(CHARACTERS, `${index} abc `),
				}));
				const run = await workspace.run(parameters, rows);
				expect(jsonsOf(run)).toHaveLength(count);
				journal.clear();
				for (const id of conversations) (store.messages(id) as unknown[]).length = 1;
				// Wait until the sockets of the last requests are closed.
				await wait(1_000);
				return true;
			}

			await send(200, 'warm-up');
			const bytes = await measureRetainedBytes(async () => await send(MESSAGES, 'message'));

			expect(bytes / MESSAGES).toBeLessThan(MAX_BYTES_PER_MESSAGE);
		},
		SLOW_MS,
	);
});
