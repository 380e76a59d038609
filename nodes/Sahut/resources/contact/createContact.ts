import type { Sahut } from '../../runtime/operation';
import { isNotFound } from '../../transport/errors';
import type { Contact } from '../../transport/types';
import {
	createContactRequest,
	hasKey,
	keyText,
	type ContactKey,
	type NewContact,
} from './findContact';
import { getContactRequest } from './updateContact';

/** For how long a search may not show a contact that was made. */
const NOT_SHOWN_MS = 60_000;

/**
 * `POST /contacts`, and has it remembered for other executions of this process.
 *
 * @param target whom it is for, where an item may come to make another one
 * @throws NodeApiError as `SahutClient.request` does.
 */
export async function createContact(
	body: NewContact,
	sahut: Sahut,
	target?: string,
): Promise<Contact> {
	const { data } = await sahut.request<Contact>({ ...createContactRequest(body), target });
	const { phone, email } = body;
	const keys: ContactKey[] = [...(phone ? [{ phone }] : []), ...(email ? [{ email }] : [])];
	for (const key of keys) {
		const made = { id: data.id, madeAt: sahut.serverNow() };
		Object.assign(sahut.workspace.newContact(keyText(key)), made);
	}
	return data;
}

/**
 * The contact that was last made here with this key, while searches may not show it: as it is now, and
 * if it still has the key.
 *
 * @throws NodeApiError when it cannot be read
 */
export async function readJustCreated(key: ContactKey, sahut: Sahut): Promise<Contact | undefined> {
	const { id, madeAt = 0 } = sahut.workspace.newContact(keyText(key));
	if (id === undefined || sahut.serverNow() - madeAt >= NOT_SHOWN_MS) return undefined;
	const contact = await sahut.request<Contact>(getContactRequest(id)).then(
		({ data }) => data,
		(error: unknown) => {
			if (!isNotFound(error)) throw error;
		},
	);
	return contact && hasKey(contact, key) ? contact : undefined;
}
