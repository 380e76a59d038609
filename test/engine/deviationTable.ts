import type { INode } from 'n8n-workflow';

import type { Deviation } from '../../sandbox';
import type { Left } from './budi';
import { byId } from '../support/locator';
import { toPhone, type Workspace } from '../support/workspace';

/** An operation that writes, and what it changes of `left`. */
export interface Writing {
	parameters(workspace: Workspace): INode['parameters'];
	makes: Left;
}

const TEXT = ' Halo Kak,\npesanan 12 sudah dikirim. \n';
const toBudi = {
	resource: 'message',
	operation: 'send',
	conversationId: byId('={{ $json.conversation }}'),
};
const company = { company: ' Toko Budi ' };
const attributes = { customAttributes: { attribute: [{ name: 'kota', value: 'Solo' }] } };
const upsert = { resource: 'contact', operation: 'upsert', matchBy: 'phone', name: 'Budi Santoso' };
const CHANGED = { company: 'Toko Budi', attributes: { poin: 5, kota: 'Solo' } };
const ONE_MORE = { contacts: 2, conversations: 2, sent: 1 };
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

export const WRITING = {
	'sending a text': {
		parameters: () => ({ ...toBudi, messageType: 'text', content: TEXT }),
		makes: { sent: 1 },
	},
	'sending a template': {
		parameters: (workspace) => ({ ...template(workspace), ...toBudi }),
		makes: { sent: 1 },
	},
	'sending to a known number': { parameters: template, makes: { sent: 1 } },
	'sending to a new number': {
		parameters: (workspace) => ({ ...template(workspace), phone: '={{ $json.stranger }}' }),
		makes: ONE_MORE,
	},
	'creating a contact': {
		parameters: () => ({
			resource: 'contact',
			operation: 'create',
			name: ' Sari  Dewi',
			additionalFields: { phone: '={{ $json.stranger }}', ...company },
		}),
		makes: { contacts: 2 },
	},
	'creating or updating a known contact': {
		parameters: () => ({
			...upsert,
			phone: '={{ $json.phone }}',
			additionalFields: { ...company, ...attributes },
		}),
		makes: CHANGED,
	},
	'creating or updating a new contact': {
		parameters: () => ({ ...upsert, phone: '={{ $json.stranger }}', additionalFields: company }),
		makes: { contacts: 2 },
	},
	'updating a contact': {
		parameters: () => ({
			resource: 'contact',
			operation: 'update',
			contactId: byId('={{ $json.contact }}'),
			updateFields: { ...company, ...attributes },
		}),
		makes: CHANGED,
	},
	'creating a conversation': {
		parameters: () => ({
			resource: 'conversation',
			operation: 'create',
			contactId: byId('={{ $json.contact }}'),
			channelId: byId('={{ $json.channel }}'),
			additionalFields: { assigneeId: '={{ $json.agent }}' },
		}),
		makes: { conversations: 2 },
	},
	'updating a conversation': {
		parameters: () => ({
			resource: 'conversation',
			operation: 'update',
			conversationId: byId('={{ $json.conversation }}'),
			updateFields: { status: 'resolved', labels: ['lunas'], assigneeId: '={{ $json.agent }}' },
		}),
		makes: { status: 'resolved', labels: ['lunas'] },
	},
} satisfies Record<string, Writing>;

export type WritingName = keyof typeof WRITING;

const ALL = Object.keys(WRITING) as WritingName[];
const about = (...words: string[]) =>
	ALL.filter((name) => words.some((word) => name.includes(word)));

/** Which of the operations that write each deviation touches. */
export const TOUCHED: Record<Deviation, WritingName[]> = {
	'patch-only': ['updating a conversation'],
	'trimmed-texts': about('text', 'contact'),
	'late-lists': about('sending', 'new contact', 'creating a'),
	holes: ALL,
	'raw-phones': about('number', 'contact'),
	'plain-records': ALL,
	'no-meta': about('number', 'contact', 'creating a conversation'),
	'other-statuses': about('sending', 'new contact', 'creating a'),
	milliseconds: about('sending', 'new contact', 'creating a'),
	'oldest-first': about('number', 'contact', 'creating a conversation'),
	'sent-by-agent': about('sending'),
	'hidden-values': about('template', 'number'),
	'attributes-replaced': about('known contact', 'updating a contact'),
	'attributes-merged': about('known contact', 'updating a contact'),
	'exact-search': about('number', 'contact'),
};
