import { createHmac, timingSafeEqual } from 'crypto';

/** The header with the signature of a delivery (API reference, "Webhooks"). */
export const SIGNATURE_HEADER = 'x-sahut-signature';

const HEX = /^(?:sha256=)?([0-9a-f]{64})$/i;
const BASE64 = /^[A-Za-z0-9+/]{43}=$/;

/** Returns the 32 bytes of a signature; undefined if the value is not a signature. */
function parseSignature(header: unknown): Buffer | undefined {
	if (typeof header !== 'string') return undefined;
	const hex = HEX.exec(header)?.[1];
	if (hex !== undefined) return Buffer.from(hex, 'hex');
	return BASE64.test(header) ? Buffer.from(header, 'base64') : undefined;
}

/**
 * Whether a delivery has a valid signature: the HMAC-SHA256 of the raw body, keyed with the webhook's
 * secret. Its encoding is not confirmed, so it may be hex, with or without a leading `sha256=`, or
 * base64. Compares in constant time.
 *
 * @param rawBody the received bytes; undefined if there was no body
 * @param header the value of `SIGNATURE_HEADER`
 * @param secret `whsec_…`; without a secret, no signature is valid
 */
export function isSignatureValid(
	rawBody: Buffer | undefined,
	header: unknown,
	secret: unknown,
): boolean {
	const signature = parseSignature(header);
	if (!signature || !rawBody || typeof secret !== 'string' || secret === '') return false;
	return timingSafeEqual(signature, createHmac('sha256', secret).update(rawBody).digest());
}
