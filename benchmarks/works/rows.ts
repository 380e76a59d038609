export interface Row {
	conversation: string;
	/** Ends in its number, by which the sandbox knows it again. */
	text: string;
}

/** Texts for the conversations by turns, numbered from `first`. */
export function rowsFor(conversations: string[], count: number, first = 0): Row[] {
	return Array.from({ length: count }, (_, index) => ({
		conversation: conversations[index % conversations.length]!,
		text: `Pesanan Kakak sudah kami kirim, nomor ${first + index}`,
	}));
}
