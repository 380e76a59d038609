import { startScriptedModel, type ScriptedModel } from './scriptedModel';

const SUMMARY = 'Pelanggan menanyakan harga, dan tim menjawab Rp 50.000. Menunggu pesanan.';
const DRAFT = 'Halo Kak, harganya Rp 50.000 dan barangnya masih ada. Mau kami siapkan?';
const HANDED_OVER = 'Baik Kak, tim kami akan melanjutkan percakapan ini.';

/**
 * Starts a model for the examples. According to the prompt, it writes a summary or a draft; otherwise, it writes a
 * note, hands over to the team, and tells the customer.
 */
export async function startExampleModel(): Promise<ScriptedModel> {
	return await startScriptedModel((chat) => {
		const { role, content } = chat.at(-1) ?? {};
		if (content?.includes('Ringkas')) return SUMMARY;
		if (content?.includes('Tulis konsep')) return DRAFT;
		if (role === 'tool') return HANDED_OVER;
		return [
			{ tool: 'Note_for_the_team', given: { note: 'Pelanggan menanyakan harga.' } },
			{ tool: 'Hand_over_to_people', given: {} },
		];
	});
}
