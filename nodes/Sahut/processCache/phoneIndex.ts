import { digitsOf, isSamePhone } from '../values/phoneNumber';

/** The number of last digits by which numbers are grouped. All forms of a number have them in common. */
const GROUPED_DIGITS = 6;

const groupOf = (phone: unknown) => digitsOf(phone).slice(-GROUPED_DIGITS);

interface Entry<T> {
	id: string;
	/** As Sahut stores it. */
	phone: unknown;
	value: T;
}

/** Finds contacts by phone number, in whichever form Sahut stores it. */
export class PhoneIndex<T> {
	/** Last digits → contact ID → entry. */
	private readonly groups = new Map<string, Map<string, Entry<T>>>();

	/** Contact ID → last digits. */
	private readonly groupsById = new Map<string, string>();

	/** Adds a contact, or replaces its number. A number without digits, such as null, removes it. */
	set(id: string, phone: unknown, value: T): void {
		const group = groupOf(phone);
		if (this.groupsById.get(id) !== group) this.delete(id);
		if (group === '') return;
		const entries = this.groups.get(group) ?? new Map<string, Entry<T>>();
		this.groups.set(group, entries.set(id, { id, phone, value }));
		this.groupsById.set(id, group);
	}

	delete(id: string): void {
		const group = this.groupsById.get(id) ?? '';
		const entries = this.groups.get(group);
		entries?.delete(id);
		if (entries?.size === 0) this.groups.delete(group);
		this.groupsById.delete(id);
	}

	/**
	 * Returns the contacts with a number.
	 *
	 * @param phone E.164
	 * @param countryCode replaces the leading 0 of stored numbers, e.g. `62`
	 */
	find(phone: string, countryCode: string): Array<Entry<T>> {
		const entries = this.groups.get(groupOf(phone))?.values() ?? [];
		return [...entries].filter((entry) => isSamePhone(entry.phone, phone, countryCode));
	}
}
