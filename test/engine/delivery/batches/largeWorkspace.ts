import type { INode } from 'n8n-workflow';

import { toTimestamp } from '../../../../sandbox/clock';
import type { SandboxOptions } from '../../../../sandbox';
import { now } from '../../../support/testClock';
import { openWorkspace, type Workspace } from '../../../support/workspace';

const DAY_MS = 24 * 60 * 60 * 1_000;

export const CONVERSATIONS = 1_200;
export const CONTACTS = 1_500;

/** A tenth of the contacts was entered by hand or imported, with the number as typed. */
const isTyped = (index: number) => index % 10 === 7;

/** The number of a customer, in E.164. */
export const phoneOf = (index: number) => `+62811${String(1_000_000 + index)}`;

/** The number of a customer as Sahut stores it. */
export function storedPhoneOf(index: number): string {
	const phone = phoneOf(index);
	if (!isTyped(index)) return phone;
	return `0${phone.slice(3, 6)}-${phone.slice(6, 9)}-${phone.slice(9)}`;
}

/**
 * Opens a workspace with {@link CONTACTS} contacts, of which the first {@link CONVERSATIONS} have an open
 * conversation. All customers have been silent for 2 to 31 days; the order of activity is not that of creation.
 */
export async function openLargeWorkspace(options: SandboxOptions = {}): Promise<Workspace> {
	const workspace = await openWorkspace(options);
	const { store } = workspace.sandbox;
	const start = now();
	for (let index = 0; index < CONTACTS; index++) {
		const contact = store.addContact({
			name: `Pelanggan ${index}`,
			phone: storedPhoneOf(index),
			created_at: toTimestamp(new Date(start - 101 * DAY_MS + index * 1_000)),
		});
		if (index >= CONVERSATIONS) continue;
		const daysAgo = 2 + ((index * 7) % 30);
		const created_at = toTimestamp(new Date(start - 100 * DAY_MS + index * 1_000));
		const updated_at = toTimestamp(new Date(start - daysAgo * DAY_MS - index * 1_000));
		store.addConversation({ contact, created_at, updated_at });
	}
	return workspace;
}

/** Returns rows for customers, e.g. the ones that {@link openLargeWorkspace} adds. */
export const rowsFrom = (first: number, count: number) =>
	Array.from({ length: count }, (_, index) => ({
		phone: phoneOf(first + index),
		name: `Pelanggan ${first + index}`,
	}));

/** Parameters of *Contact: Create or Update* for the rows. */
export const upsertByPhone: INode['parameters'] = {
	resource: 'contact',
	operation: 'upsert',
	matchBy: 'phone',
	phone: '={{ $json.phone }}',
	name: '={{ $json.name }}',
};

/** Counts the requests that match a pattern, such as `GET /contacts`. */
export const countRequests = (workspace: Workspace, pattern = /./) =>
	workspace.requests().filter((request) => pattern.test(request)).length;
