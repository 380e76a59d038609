import { MINUTE_MS, SECOND_MS } from './clock';
import { DEFAULT_ENVELOPE, type Envelope } from './envelope';
import type { SignatureEncoding } from './signature';

/** How long a receiver may take for its answer. */
const ANSWER_TIMEOUT_MS = 10 * SECOND_MS;

/** The pauses before the repeats of a delivery that was not answered with 2xx in time. */
const REPEAT_PAUSES_MS: readonly number[] = [
	5 * SECOND_MS,
	30 * SECOND_MS,
	2 * MINUTE_MS,
	10 * MINUTE_MS,
	30 * MINUTE_MS,
];

export interface DeliverySettings {
	/** What all times are multiplied by. Default 1; at 0.001, the five pauses take 2.6 s together. */
	timeScale: number;
	/**
	 * How long a receiver may take, unscaled: for a small `timeScale`, which would leave it only a few
	 * milliseconds. Default: 10 s × `timeScale`.
	 */
	answerTimeoutMs?: number | undefined;
	envelope: Envelope;
	/** Default `hex`. */
	signature: SignatureEncoding;
}

export type DeliveryOptions = Partial<Omit<DeliverySettings, 'envelope'>> & {
	envelope?: Partial<Envelope>;
};

export function deliverySettings({ envelope, ...others }: DeliveryOptions): DeliverySettings {
	return {
		timeScale: 1,
		signature: 'hex',
		...others,
		envelope: { ...DEFAULT_ENVELOPE, ...envelope },
	};
}

export function answerTimeoutMs({ timeScale, answerTimeoutMs: fixed }: DeliverySettings): number {
	return fixed ?? ANSWER_TIMEOUT_MS * timeScale;
}

/** Before each attempt of a delivery, the first one included. */
export function pausesMs({ timeScale }: DeliverySettings): number[] {
	return [0, ...REPEAT_PAUSES_MS.map((pause) => pause * timeScale)];
}
