import type { ItemClient } from '../../runtime/operation';
import { undefinedIfNotFound } from '../../transport/errors';
import type { Contact } from '../../transport/types';
import { hasKey, keysIn, keyText, type ContactKey } from './findContact';
import { createContactRequest, getContactRequest, type NewContact } from './requests';

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
	sahut: ItemClient,
	target?: string,
): Promise<Contact> {
	const { data } = await sahut.request<Contact>({ ...createContactRequest(body), target });
	for (const key of keysIn(body)) {
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
export async function readJustCreated(
	key: ContactKey,
	sahut: ItemClient,
): Promise<Contact | undefined> {
	const { id, madeAt = 0 } = sahut.workspace.newContact(keyText(key));
	if (id === undefined || sahut.serverNow() - madeAt >= NOT_SHOWN_MS) return undefined;
	const answer = await sahut.request<Contact>(getContactRequest(id)).catch(undefinedIfNotFound);
	return answer && hasKey(answer.data, key) ? answer.data : undefined;
}
