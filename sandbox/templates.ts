import { ApiError } from './errors';
import type { Template, TemplateVariables } from './records';

const PLACEHOLDER = /\{\{\s*([^{}]+?)\s*\}\}/g;

/** The templates of every sandbox. Their IDs are stable. */
export const TEMPLATES: readonly Template[] = [
	{
		id: 'tmpl_follow_up',
		body: 'Halo Kak {{customer_name}}, terima kasih sudah menghubungi kami. Apakah masih ada yang bisa kami bantu?',
	},
	{
		id: 'tmpl_invoice_due',
		body: 'Halo Kak {{customer_name}}, tagihan untuk pesanan {{order_id}} sebesar {{total}} jatuh tempo hari ini. Abaikan pesan ini bila sudah membayar ya.',
	},
	{
		id: 'tmpl_invoice',
		body: 'Halo Kak {{customer_name}}, ini Toko Makmur. Tagihan {{order_id}} sebesar {{total}} jatuh tempo {{due_date}}. Pembayaran hanya lewat rekening di invoice Kakak. Abaikan pesan ini bila sudah membayar ya.',
	},
	{
		id: 'tmpl_invoice_reminder',
		body: 'Halo Kak {{customer_name}}, ini Toko Makmur. Sekadar mengingatkan pesan kami tanggal {{sent_date}}: tagihan {{order_id}} sebesar {{total}}. Abaikan pesan ini bila sudah membayar. Ada kendala? Balas saja pesan ini ya, Kak.',
	},
	{
		id: 'tmpl_order_shipped',
		body: 'Halo Kak {{customer_name}}, pesanan {{order_id}} sudah dikirim dengan nomor resi {{tracking_number}}.',
	},
	{
		id: 'tmpl_opening_hours',
		body: 'Terima kasih sudah menghubungi kami. Kami melayani setiap hari pukul 08.00 sampai 20.00 WIB.',
	},
];

/** Returns the placeholder names of a template's body, each once, in order of appearance. */
export function placeholderNames(body: string): string[] {
	return [...new Set(Array.from(body.matchAll(PLACEHOLDER), (match) => match[1] ?? ''))];
}

/**
 * Returns a template's body with the values of its variables. Ignores inherited keys, so that a variable
 * named `constructor` counts as missing.
 * @throws {ApiError} 422 with the names of the missing variables.
 */
export function renderTemplate(template: Template, variables: TemplateVariables): string {
	const missing = placeholderNames(template.body).filter((name) => !Object.hasOwn(variables, name));
	if (missing.length > 0) {
		throw new ApiError(
			422,
			`Template ${template.id} lacks a value for: ${missing.map((name) => `"${name}"`).join(', ')}`,
		);
	}
	return template.body.replace(PLACEHOLDER, (_, name: string) => String(variables[name]));
}
