import { createHmac } from 'node:crypto';

export const SIGNATURE_HEADER = 'x-sahut-signature';

const ENCODERS = {
	hex: (digest: Buffer) => digest.toString('hex'),
	prefixedHex: (digest: Buffer) => `sha256=${digest.toString('hex')}`,
	upperHex: (digest: Buffer) => digest.toString('hex').toUpperCase(),
	base64: (digest: Buffer) => digest.toString('base64'),
} as const;

/** How the signature is written, which is not documented. */
export type SignatureEncoding = keyof typeof ENCODERS;

/** What goes into `X-Sahut-Signature`: the HMAC-SHA256 of the raw body, keyed with the secret's text. */
export function signature(
	body: string | Uint8Array,
	secret: string,
	encoding: SignatureEncoding,
): string {
	return ENCODERS[encoding](createHmac('sha256', secret).update(body).digest());
}
