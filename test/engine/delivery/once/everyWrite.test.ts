import type { INode } from 'n8n-workflow';

import { resources } from '../../../../nodes/Sahut/resources';
import { SECOND_MS } from '../../../../sandbox/clock';
import { byId } from '../../../support/locator';
import { allSentTexts, contactsOf, conversationsOf, sendText } from '../../../support/workspace';
import { askIn } from '../../approval/approvalHelpers';
import {
	addConversation,
	BUDI,
	createConversation,
	openWithContact,
	runItem,
	SITI,
	SITI_E164,
	templateToPhone,
	textToPhone,
} from '../deliveryFixture';
import { sendTextOnce } from '../acrossExecutions/skipHelpers';

type Opened = Awaited<ReturnType<typeof openWithContact>>;

/** The number of stored records. */
interface Counts {
	messages: number;
	conversations: number;
	/** The contacts with Siti's phone number. */
	contactsOfSiti: number;
}

interface Case {
	write(opened: Opened): Promise<unknown>;
	/** A later execution, which must find the record that `write` created or changed. */
	next(opened: Opened): Promise<unknown>;
	/** The records after both. */
	expected: Counts;
}

const LIST_DELAY_MS = 20 * SECOND_MS;
const skip: INode['parameters'] = { skipIfSentWithin: 24 };
const upsertBy = (matchBy: 'phone' | 'email', additionalFields: INode['parameters'] = {}) => ({
	resource: 'contact',
	operation: 'upsert',
	matchBy,
	phone: SITI.phone,
	email: 'siti@example.com',
	name: 'Siti',
	additionalFields,
});
const channelOf = ({ sandbox }: Opened) => sandbox.store.channelOfType('whatsapp').id;

const countRecords = ({ workspace }: Opened): Counts => ({
	messages: allSentTexts(workspace).length,
	conversations: conversationsOf(workspace).length,
	contactsOfSiti: contactsOf(workspace).filter(({ phone }) => phone === SITI_E164).length,
});

/** Returns a sentence, so that a failure is readable. */
const describeCounts = (name: string, { messages, conversations, contactsOfSiti }: Counts) =>
	`After ${name} and the next execution, Sahut has ${messages} outgoing message(s), ` +
	`${conversations} conversation(s) and ${contactsOfSiti} contact(s) with Siti's number.`;

/** Keyed by resource and operation. */
const CASES: Record<string, Case> = {
	'message.send': {
		async write({ workspace, contact }) {
			const { id } = addConversation(workspace, contact, { hoursAgo: 1 });
			await runItem(workspace, sendText, { conversation: id, text: BUDI.text });
		},
		next: async ({ workspace }) => await runItem(workspace, textToPhone(workspace, skip)),
		expected: { messages: 1, conversations: 1, contactsOfSiti: 0 },
	},
	'message.sendAndWait': {
		async write({ workspace, contact }) {
			const { id } = addConversation(workspace, contact, { hoursAgo: 1 });
			await runItem(workspace, askIn(id, { message: BUDI.text }));
		},
		next: async ({ workspace }) => await runItem(workspace, textToPhone(workspace, skip)),
		// A question is not the message with the same text.
		expected: { messages: 2, conversations: 1, contactsOfSiti: 0 },
	},
	'message.sendToPhone': {
		write: async ({ workspace }) => await runItem(workspace, templateToPhone(workspace), SITI),
		next: async ({ workspace }) => await runItem(workspace, templateToPhone(workspace, skip), SITI),
		expected: { messages: 1, conversations: 1, contactsOfSiti: 1 },
	},
	'conversation.create': {
		async write(opened) {
			addConversation(opened.workspace, opened.contact, { hoursAgo: 1, status: 'resolved' });
			const additionalFields = { firstMessage: BUDI.text };
			const parameters = createConversation(opened.contact, channelOf(opened), additionalFields);
			// WhatsApp accepts the text in a conversation in which the customer has written.
			opened.sandbox.store.emitter.on('event', (event) => {
				if (event.name !== 'conversation.created') return;
				opened.sandbox.store.addIncoming(event.conversation.id, 'Halo');
			});
			await runItem(opened.workspace, parameters);
		},
		async next({ workspace }) {
			const { id } = conversationsOf(workspace).at(-1)!;
			await runItem(workspace, sendTextOnce, { conversation: id, text: BUDI.text });
			await runItem(workspace, templateToPhone(workspace));
			expect(workspace.sent(id)).toEqual([BUDI.text, expect.stringContaining(BUDI.order)]);
		},
		// The resolved and the new conversation; the first message and the template.
		expected: { messages: 2, conversations: 2, contactsOfSiti: 0 },
	},
	'conversation.update': {
		async write({ workspace, contact }) {
			const { id } = addConversation(workspace, contact, { hoursAgo: 100, status: 'resolved' });
			await runItem(workspace, {
				resource: 'conversation',
				operation: 'update',
				conversationId: byId(id),
				updateFields: { status: 'open' },
			});
		},
		next: async ({ workspace }) => await runItem(workspace, templateToPhone(workspace)),
		expected: { messages: 1, conversations: 1, contactsOfSiti: 0 },
	},
	'contact.create': {
		write: async ({ workspace }) =>
			await runItem(workspace, {
				resource: 'contact',
				operation: 'create',
				name: 'Siti',
				additionalFields: { phone: SITI.phone },
			}),
		next: async ({ workspace }) => await runItem(workspace, templateToPhone(workspace), SITI),
		expected: { messages: 1, conversations: 1, contactsOfSiti: 1 },
	},
	'contact.update': {
		write: async ({ workspace, contact }) =>
			await runItem(workspace, {
				resource: 'contact',
				operation: 'update',
				contactId: byId(contact.id),
				updateFields: { phone: SITI.phone },
			}),
		next: async ({ workspace }) => await runItem(workspace, templateToPhone(workspace), SITI),
		expected: { messages: 1, conversations: 1, contactsOfSiti: 1 },
	},
	'contact.upsert': {
		write: async ({ workspace }) =>
			await runItem(workspace, upsertBy('phone', { email: 'siti@example.com' })),
		next: async ({ workspace }) =>
			await runItem(workspace, upsertBy('email', { phone: SITI.phone, company: 'Toko' })),
		expected: { messages: 0, conversations: 0, contactsOfSiti: 1 },
	},
};

it('has a case for every operation that writes', () => {
	const operationsThatWrite = resources.flatMap(({ value, operations }) =>
		operations
			.filter(({ readsOnly }) => readsOnly !== true)
			.map((operation) => `${value}.${operation.value}`),
	);

	expect(Object.keys(CASES).sort()).toEqual(operationsThatWrite.sort());
});

it.each(Object.keys(CASES))(
	'the next execution finds the record of %s although lists are delayed',
	async (name) => {
		const { write, next, expected } = CASES[name]!;
		const opened = await openWithContact({
			deviations: ['late-lists', 'stale-lists'],
			listDelayMs: LIST_DELAY_MS,
		});

		await write(opened);
		await next(opened);

		expect(describeCounts(name, countRecords(opened))).toBe(describeCounts(name, expected));
	},
);
