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

/** Phone numbers that nobody has, and no other series. */
export function newNumbers(series: number, count: number): string[] {
	return Array.from({ length: count }, (_, index) => `+6287${series}${1_000_000 + index}`);
}
