import type { INode } from 'n8n-workflow';

import { resources } from '../../../../nodes/Sahut/resources';
import { SECOND_MS } from '../../../../sandbox/clock';
import { byId } from '../../../support/locator';
import { allSent, contactsOf, conversationsOf, sendText } from '../../../support/workspace';
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

/** A write, the execution after it, and what must be true then. */
interface Case {
	write(opened: Opened): Promise<unknown>;
	next(opened: Opened): Promise<unknown>;
	check(opened: Opened): void;
}

const skip: INode['parameters'] = { skipIfSentWithin: 24 };
const toSiti = { ...SITI, name: 'Siti' };
const upsertBy = (matchBy: 'phone' | 'email', more: INode['parameters'] = {}) => ({
	resource: 'contact',
	operation: 'upsert',
	matchBy,
	phone: SITI.phone,
	email: 'siti@example.com',
	name: 'Siti',
	additionalFields: more,
});
const channelOf = ({ sandbox }: Opened) => sandbox.store.channelOfType('whatsapp').id;
const oneMessage = (opened: Opened) => expect(allSent(opened.workspace)).toHaveLength(1);
const oneSiti = (opened: Opened) =>
	expect(contactsOf(opened.workspace).filter(({ phone }) => phone === SITI_E164)).toHaveLength(1);
const oneConversation = (opened: Opened) =>
	expect(conversationsOf(opened.workspace)).toHaveLength(1);

const CASES: Record<string, Case> = {
	'message.send': {
		async write({ workspace, contact }) {
			const { id } = addConversation(workspace, contact, { hoursAgo: 1 });
			await runItem(workspace, sendText, { conversation: id, text: BUDI.text });
		},
		next: async ({ workspace }) => await runItem(workspace, textToPhone(workspace, skip)),
		check: oneMessage,
	},
	'message.sendToPhone': {
		write: async ({ workspace }) => await runItem(workspace, templateToPhone(workspace), toSiti),
		next: async ({ workspace }) =>
			await runItem(workspace, templateToPhone(workspace, skip), toSiti),
		check(opened) {
			oneMessage(opened);
			oneSiti(opened);
			oneConversation(opened);
		},
	},
	'conversation.create': {
		async write(opened) {
			addConversation(opened.workspace, opened.contact, { hoursAgo: 1, status: 'resolved' });
			const more = { firstMessage: BUDI.text };
			const parameters = createConversation(opened.contact, channelOf(opened), more);
			// WhatsApp accepts the text in a conversation in which the customer has written.
			opened.sandbox.store.notices.on('event', (event) => {
				if (event.name !== 'conversation.created') return;
				opened.sandbox.store.addIncoming(event.conversation.id, 'Halo');
			});
			await runItem(opened.workspace, parameters);
		},
		async next({ workspace }) {
			const { id } = conversationsOf(workspace).at(-1)!;
			await runItem(workspace, sendTextOnce, { conversation: id, text: BUDI.text });
			await runItem(workspace, templateToPhone(workspace));
		},
		check(opened) {
			const [, created, ...others] = conversationsOf(opened.workspace);
			expect(others).toEqual([]);
			expect(opened.workspace.sent(created!.id)).toEqual([
				BUDI.text,
				expect.stringContaining(BUDI.order),
			]);
		},
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
		check: oneConversation,
	},
	'contact.create': {
		write: async ({ workspace }) =>
			await runItem(workspace, {
				resource: 'contact',
				operation: 'create',
				name: 'Siti',
				additionalFields: { phone: SITI.phone },
			}),
		next: async ({ workspace }) => await runItem(workspace, templateToPhone(workspace), toSiti),
		check: oneSiti,
	},
	'contact.update': {
		write: async ({ workspace, contact }) =>
			await runItem(workspace, {
				resource: 'contact',
				operation: 'update',
				contactId: byId(contact.id),
				updateFields: { phone: SITI.phone },
			}),
		next: async ({ workspace }) => await runItem(workspace, templateToPhone(workspace), toSiti),
		check: oneSiti,
	},
	'contact.upsert': {
		write: async ({ workspace }) =>
			await runItem(workspace, upsertBy('phone', { email: 'siti@example.com' })),
		next: async ({ workspace }) =>
			await runItem(workspace, upsertBy('email', { phone: SITI.phone, company: 'Toko' })),
		check: oneSiti,
	},
};

it('tests every operation that writes', () => {
	const writing = resources.flatMap(({ value, operations }) =>
		operations
			.filter(({ readsOnly }) => readsOnly !== true)
			.map((operation) => `${value}.${operation.value}`),
	);
	expect(Object.keys(CASES).sort()).toEqual(writing.sort());
});

it.each(Object.keys(CASES))(
	'the next execution knows what %s has written, although lists are delayed',
	async (name) => {
		const { write, next, check } = CASES[name]!;
		const opened = await openWithContact({
			deviations: ['late-lists', 'stale-lists'],
			listDelayMs: 20 * SECOND_MS,
		});

		await write(opened);
		await next(opened);

		check(opened);
	},
);
