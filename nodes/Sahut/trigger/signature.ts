import { createHmac, timingSafeEqual } from 'crypto';

/** Where Sahut puts the signature of a delivery (API reference, "Webhooks"). */
export const SIGNATURE_HEADER = 'x-sahut-signature';

const HEX = /^(?:sha256=)?([0-9a-f]{64})$/i;
const BASE64 = /^[A-Za-z0-9+/]{43}=$/;

/** The 32 bytes of a signature; undefined for anything that is none. */
function parseSignature(header: unknown): Buffer | undefined {
	if (typeof header !== 'string') return undefined;
	const hex = HEX.exec(header)?.[1];
	if (hex !== undefined) return Buffer.from(hex, 'hex');
	return BASE64.test(header) ? Buffer.from(header, 'base64') : undefined;
}

/**
 * Whether a delivery comes from Sahut: its signature is the HMAC-SHA256 of the raw body, keyed with
 * the webhook's secret. Its encoding is not confirmed, so it may be hex, with or without
 * `sha256=` before it, or base64. Compared in constant time.
 *
 * @param rawBody the bytes as they arrived; undefined when there was no body
 * @param header the value of `SIGNATURE_HEADER`
 * @param secret `whsec_…`; without one, nothing is genuine
 */
export function isGenuine(rawBody: Buffer | undefined, header: unknown, secret: unknown): boolean {
	const signature = parseSignature(header);
	if (!signature || !rawBody || typeof secret !== 'string' || secret === '') return false;
	return timingSafeEqual(signature, createHmac('sha256', secret).update(rawBody).digest());
}
