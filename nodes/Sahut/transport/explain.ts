import { isSuccess, isTimeout, isUnreachable, isUntrusted, type Outcome } from './outcome';
import type { Wording } from './types';

/** What a failed request means to the person who watches the workflow. */
export interface Explanation {
	message: string;
	advice: string;
}

/** What a message names beside the request and its outcome. */
export interface Circumstances {
	/** Scheme, host and port of the API. */
	origin: string;
	timeoutMs: number;
	/** How long a 429 asked to wait, if it did. */
	waitMs?: number;
}

function explainStatus(
	status: number,
	{ subject }: Wording,
	{ waitMs }: Circumstances,
): Explanation {
	if (status >= 500) {
		return {
			message: `Sahut could not handle the request for ${subject} (status ${status})`,
			advice: 'Try again later.',
		};
	}
	if (status >= 300 && status < 400) {
		return {
			message: `Sahut's address answered with a redirect (status ${status})`,
			advice:
				'The API key is never sent across a redirect. Put the final address into the Base URL of the Sahut credential.',
		};
	}
	switch (status) {
		case 400:
			return {
				message: `Sahut could not use the request for ${subject}`,
				advice: 'Check the values of the fields for this item.',
			};
		case 401:
			return {
				message: 'Sahut does not accept the API key',
				advice:
					'Open the Sahut credential and paste the key again, from Settings → Integrations → API Keys. A revoked key, or one of another workspace, does not work.',
			};
		case 403:
			return {
				message: `The API key may not do this with ${subject}`,
				advice: 'Ask an administrator of your Sahut workspace for a key with this permission.',
			};
		case 404:
			return {
				message: `Sahut has no ${subject}`,
				advice:
					'Check the ID. Choose "From List" to pick an existing one, or look where the ID in this item comes from.',
			};
		case 422:
			return {
				message: `Sahut refused the data for ${subject}`,
				advice: 'Check the values of the fields for this item.',
			};
		case 429:
			return {
				message:
					waitMs === undefined
						? 'The rate limit of your Sahut plan was reached, and Sahut did not say for how long'
						: `The rate limit of your Sahut plan was reached; Sahut asks to wait ${Math.ceil(waitMs / 1000)} seconds`,
				advice:
					'Nothing was done for this item. Run it again later, and set Requests per Minute under Options to stay below the limit of your plan.',
			};
		default:
			return {
				message: `Sahut answered the request for ${subject} with status ${status}`,
				advice: 'Check the Base URL of the Sahut credential and the values of this item.',
			};
	}
}

function explainSilence(
	code: string,
	detail: string,
	{ subject }: Wording,
	{ origin, timeoutMs }: Circumstances,
): Explanation {
	if (isUntrusted(code)) {
		return {
			message: `No secure connection to ${origin} could be made (${code})`,
			advice:
				'Nothing was sent. Check the Base URL of the Sahut credential, the certificate of that address, and any proxy between your n8n and Sahut.',
		};
	}
	if (isUnreachable(code)) {
		return {
			message: `Sahut could not be reached at ${origin}`,
			advice:
				'Nothing was sent. Check the internet connection of your n8n and the Base URL of the Sahut credential.',
		};
	}
	if (isTimeout(code)) {
		return {
			message: `Sahut did not answer within ${timeoutMs / 1000} seconds (${subject})`,
			advice: 'Try again later.',
		};
	}
	return {
		message: `The connection to Sahut broke off before an answer came (${subject})`,
		advice: detail === '' ? 'Try again later.' : `n8n reports: ${detail}`,
	};
}

/** What happened and what to do now, for a request that did not succeed, in the user's words. */
export function explain(
	wording: Wording,
	outcome: Outcome,
	circumstances: Circumstances,
): Explanation {
	if (outcome.kind === 'cancelled') {
		return { message: 'The execution was cancelled', advice: '' };
	}
	if (outcome.kind === 'noAnswer') {
		return explainSilence(outcome.code, outcome.detail, wording, circumstances);
	}
	const { status } = outcome;
	if (isSuccess(status)) {
		return {
			message: `Sahut's answer for ${wording.subject} (status ${status}) could not be understood`,
			advice: 'Check that the Base URL of the Sahut credential is the address of the API.',
		};
	}
	const { message, advice } = explainStatus(status, wording, circumstances);
	return { message, advice: wording.advice?.[status] ?? advice };
}
