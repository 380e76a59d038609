import { isSuccess, isTimeout, isUnreachable, isUntrusted, type Outcome } from './outcome';
import type { Wording } from './types';

/** What a failed request means to the person who watches the workflow. */
type Explanation = [message: string, advice: string];

/** What a message names beside the request and its outcome. */
export interface Circumstances {
	/** Scheme, host and port of the API. */
	origin: string;
	timeoutMs: number;
	/** How long a 429 asked to wait, if it did. */
	waitMs?: number;
}

const TRY_LATER = 'Try again later.';
const CHECK_FIELDS = 'Check the values of the fields for this item.';

/** Explains a refusal, by status. @param waitMs how long a 429 asked to wait, if it did */
function refusals(subject: string, waitMs?: number): Partial<Record<number, Explanation>> {
	const wait =
		waitMs === undefined
			? ', and Sahut did not say for how long'
			: `; Sahut asks to wait ${Math.ceil(waitMs / 1000)} seconds`;
	return {
		400: [`Sahut could not use the request for ${subject}`, CHECK_FIELDS],
		401: [
			'Sahut does not accept the API key',
			'Open the Sahut credential and paste the key again, from Settings → Integrations → API Keys. A revoked key, or one of another workspace, does not work.',
		],
		403: [
			`The API key may not do this with ${subject}`,
			'Ask an admin of your Sahut workspace for a key with this permission.',
		],
		404: [
			`Sahut has no ${subject}`,
			'Check the ID. Choose "From List" to pick an existing one, or look where the ID in this item comes from.',
		],
		402: [
			`Sahut requires a payment before it accepts the request for ${subject} (status 402)`,
			'Check the plan and the payments of your Sahut workspace.',
		],
		409: [
			`The request for ${subject} conflicts with data in Sahut (status 409)`,
			'Check whether another record has the same values, or whether the record has changed.',
		],
		410: [
			`Sahut no longer has ${subject} (status 410)`,
			'Check whether it was deleted in Sahut, and where the ID of this item comes from.',
		],
		413: [
			`The request for ${subject} is too large for Sahut (status 413)`,
			'Shorten the texts in the fields for this item.',
		],
		415: [
			`Sahut does not accept the format of the request for ${subject} (status 415)`,
			'The node sends JSON. Check whether a proxy between your n8n and Sahut changes requests.',
		],
		422: [`Sahut refused the data for ${subject}`, CHECK_FIELDS],
		429: [
			`The rate limit of your Sahut plan was reached${wait}`,
			'This request was not carried out. Run the item again later, and set Requests per Minute under Options to stay below the limit of your plan.',
		],
		451: [
			`Sahut refused the request for ${subject} for legal reasons (status 451)`,
			'Ask Sahut support for the reason.',
		],
	};
}

function explainStatus(status: number, subject: string, waitMs?: number): Explanation {
	if (isSuccess(status)) {
		return [
			`Sahut's answer for ${subject} (status ${status}) could not be understood`,
			'Check that the Base URL of the Sahut credential is the address of the API.',
		];
	}
	if (status >= 500) {
		return [`Sahut could not handle the request for ${subject} (status ${status})`, TRY_LATER];
	}
	if (status >= 300 && status < 400) {
		return [
			`Sahut's address answered with a redirect (status ${status})`,
			'The API key is never sent across a redirect. Put the final address into the Base URL of the Sahut credential.',
		];
	}
	const other: Explanation = [
		`Sahut answered the request for ${subject} with status ${status}`,
		'Check the Base URL of the Sahut credential and the values of this item.',
	];
	return refusals(subject, waitMs)[status] ?? other;
}

function explainSilence(
	{ code, detail }: Extract<Outcome, { kind: 'noAnswer' }>,
	subject: string,
	{ origin, timeoutMs }: Circumstances,
): Explanation {
	if (isUntrusted(code)) {
		return [
			`No secure connection to ${origin} could be made (${code})`,
			'Nothing was sent. Check the Base URL of the Sahut credential, the certificate of that address, and any proxy between your n8n and Sahut.',
		];
	}
	if (isUnreachable(code)) {
		return [
			`Sahut could not be reached at ${origin}`,
			'Nothing was sent. Check the internet connection of your n8n and the Base URL of the Sahut credential.',
		];
	}
	if (isTimeout(code)) {
		return [`Sahut did not answer within ${timeoutMs / 1000} seconds (${subject})`, TRY_LATER];
	}
	return [
		`The connection to Sahut broke off before an answer came (${subject})`,
		detail === '' ? TRY_LATER : `n8n reports: ${detail}`,
	];
}

/**
 * Explains a failed request to the user: what happened and what to do next.
 *
 * @param sahutMessage the message in Sahut's response, if there is one
 */
export function explain(
	{ subject, advice }: Wording,
	outcome: Outcome,
	circumstances: Circumstances,
	sahutMessage?: string,
): Explanation {
	if (outcome.kind === 'cancelled') return ['The execution was cancelled', ''];
	if (outcome.kind === 'noAnswer') return explainSilence(outcome, subject, circumstances);
	const [message, generalAdvice] = explainStatus(outcome.status, subject, circumstances.waitMs);
	const specific = advice?.[outcome.status] ?? generalAdvice;
	return [message, typeof specific === 'function' ? specific(sahutMessage) : specific];
}
