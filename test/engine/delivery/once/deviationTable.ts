import type { INode } from 'n8n-workflow';

import type { Deviation } from '../../../../sandbox';
import { byId } from '../../../support/locator';
import { toPhone, type Workspace } from '../../../support/workspace';
import type { State } from '../customerFixture';

/** An operation that writes, and how it changes the state of the workspace. */
export interface WriteOperation {
	parameters(workspace: Workspace): INode['parameters'];
	changes: State;
}

/** Has leading, trailing and inner whitespace, which a deviation removes. */
const TEXT = ' Halo Kak,\npesanan 12 sudah dikirim. \n';
const toConversation = {
	resource: 'message',
	operation: 'send',
	conversationId: byId('={{ $json.conversation }}'),
};
const company = { company: ' Toko Budi ' };
const attributes = { customAttributes: { attribute: [{ name: 'kota', value: 'Solo' }] } };
const upsert = { resource: 'contact', operation: 'upsert', matchBy: 'phone', name: 'Budi Santoso' };
const UPDATED_CONTACT = { company: 'Toko Budi', attributes: { poin: 5, kota: 'Solo' } };
const NEW_CUSTOMER = { contacts: 2, conversations: 2, sent: 1 };
const template = (workspace: Workspace) => ({
	...toPhone(workspace),
	templateId: 'tmpl_invoice_due',
	templateVariables: {
		variable: ['customer_name=Budi', 'order_id=ORD-12', 'total=Rp 450.000'].map((text) => {
			const [name, value] = text.split('=');
			return { name, value };
		}),
	},
});

/** The operations that write, keyed by a name that completes "when …". */
export const WRITES = {
	'sending a text': {
		parameters: () => ({ ...toConversation, messageType: 'text', content: TEXT }),
		changes: { sent: 1 },
	},
	'sending a template': {
		parameters: (workspace) => ({ ...template(workspace), ...toConversation }),
		changes: { sent: 1 },
	},
	'sending to a known number': { parameters: template, changes: { sent: 1 } },
	'sending to a new number': {
		parameters: (workspace) => ({ ...template(workspace), phone: '={{ $json.newPhone }}' }),
		changes: NEW_CUSTOMER,
	},
	'creating a contact': {
		parameters: () => ({
			resource: 'contact',
			operation: 'create',
			name: ' Sari  Dewi',
			additionalFields: { phone: '={{ $json.newPhone }}', ...company },
		}),
		changes: { contacts: 2 },
	},
	'creating or updating a known contact': {
		parameters: () => ({
			...upsert,
			phone: '={{ $json.phone }}',
			additionalFields: { ...company, ...attributes },
		}),
		changes: UPDATED_CONTACT,
	},
	'creating or updating a new contact': {
		parameters: () => ({ ...upsert, phone: '={{ $json.newPhone }}', additionalFields: company }),
		changes: { contacts: 2 },
	},
	'updating a contact': {
		parameters: () => ({
			resource: 'contact',
			operation: 'update',
			contactId: byId('={{ $json.contact }}'),
			updateFields: { ...company, ...attributes },
		}),
		changes: UPDATED_CONTACT,
	},
	'creating a conversation': {
		parameters: () => ({
			resource: 'conversation',
			operation: 'create',
			contactId: byId('={{ $json.contact }}'),
			channelId: byId('={{ $json.channel }}'),
			additionalFields: { assigneeId: '={{ $json.agent }}' },
		}),
		changes: { conversations: 2 },
	},
	'updating a conversation': {
		parameters: () => ({
			resource: 'conversation',
			operation: 'update',
			conversationId: byId('={{ $json.conversation }}'),
			updateFields: { status: 'resolved', labels: ['lunas'], assigneeId: '={{ $json.agent }}' },
		}),
		changes: { status: 'resolved', labels: ['lunas'] },
	},
} satisfies Record<string, WriteOperation>;

export type WriteName = keyof typeof WRITES;

const ALL_WRITES = Object.keys(WRITES) as WriteName[];
/** Returns the writes whose name contains one of the words. */
const namesWith = (...words: string[]) =>
	ALL_WRITES.filter((name) => words.some((word) => name.includes(word)));

/** The operations that each deviation affects. */
export const AFFECTED: Record<Deviation, WriteName[]> = {
	'patch-only': ['updating a conversation'],
	'trimmed-texts': namesWith('text', 'contact'),
	'late-lists': namesWith('sending', 'new contact', 'creating a'),
	'missing-fields': ALL_WRITES,
	'raw-phones': namesWith('number', 'contact'),
	'plain-records': ALL_WRITES,
	'no-meta': namesWith('number', 'contact', 'creating a conversation'),
	'other-statuses': namesWith('sending', 'new contact', 'creating a'),
	milliseconds: namesWith('sending', 'new contact', 'creating a'),
	'oldest-first': namesWith('number', 'contact', 'creating a conversation'),
	'sent-by-agent': namesWith('sending'),
	'hidden-values': namesWith('template', 'number'),
	'attributes-replaced': namesWith('known contact', 'updating a contact'),
	'attributes-merged': namesWith('known contact', 'updating a contact'),
	'full-rows': namesWith('known contact', 'updating a contact'),
	'typed-attributes': namesWith('known contact', 'updating a contact'),
	'converted-attributes': namesWith('known contact', 'updating a contact'),
	'exact-search': namesWith('number', 'contact'),
	'stale-lists': namesWith('number', 'contact', 'conversation'),
	'unique-phones': namesWith('number', 'contact'),
	'existing-conversations': namesWith('number', 'creating a conversation'),
	'open-only': namesWith('sending'),
	'window-per-conversation': namesWith('sending'),
	// These deviations add messages and change conversations, so the expected state would not match.
	'auto-reply': [],
	rules: [],
};
