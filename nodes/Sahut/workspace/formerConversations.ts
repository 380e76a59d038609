/** Contacts whose former conversations are remembered. */
const MAX_CONTACTS = 10_000;

/** Of one contact, the latest ones. */
const MAX_OF_A_CONTACT = 10;

/** A conversation, and with which of the contacts it is. */
export interface Found {
	id: string;
	contactId: string;
}

/** Conversations that were open when they were last seen: what was sent into them is still to be found. */
export class FormerConversations {
	/** Contact → conversations; the contact whose conversation was closed longest ago first. */
	private readonly byContact = new Map<string, Set<string>>();

	of(contactIds: string[]): Found[] {
		return contactIds.flatMap((contactId) =>
			[...(this.byContact.get(contactId) ?? [])].map((id) => ({ id, contactId })),
		);
	}

	add(id: string, contactId: string): void {
		const theirs = this.byContact.get(contactId) ?? new Set<string>();
		this.byContact.delete(contactId);
		this.byContact.set(contactId, theirs.add(id));
		const [first] = theirs;
		if (theirs.size > MAX_OF_A_CONTACT && first !== undefined) theirs.delete(first);
		const [oldest] = this.byContact.keys();
		if (this.byContact.size > MAX_CONTACTS && oldest !== undefined) this.byContact.delete(oldest);
	}

	/** One that is open again. */
	drop(id: string, contactId: string): void {
		this.byContact.get(contactId)?.delete(id);
	}
}
