export interface MessageRow {
	conversation: string;
	/** Ends in its number, by which the sandbox identifies it. */
	text: string;
}

/** Creates texts for the conversations in rotation, numbered from `first`. */
export function createRows(conversations: string[], count: number, first = 0): MessageRow[] {
	return Array.from({ length: count }, (_, index) => ({
		conversation: conversations[index % conversations.length]!,
		text: `Pesanan Kakak sudah kami kirim, nomor ${first + index}`,
	}));
}

/** Returns phone numbers that no contact and no other series has. */
export function unusedPhones(series: number, count: number): string[] {
	return Array.from({ length: count }, (_, index) => `+6287${series}${1_000_000 + index}`);
}
