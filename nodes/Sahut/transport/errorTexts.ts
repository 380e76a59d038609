import { DEFAULT_BASE_URL } from './connection';
import { isSuccess, isTimeout, isUnreachable, isUntrusted, type Outcome } from './outcome';
import type { Wording } from './types';

/** The text of an error: what happened, and what to do next. */
type ErrorText = [message: string, advice: string];

/** Facts that an error text mentions beside the request and its outcome. */
export interface FailureFacts {
	/** Scheme, host and port of the API. */
	origin: string;
	timeoutMs: number;
	/** How long a 429 asks to wait, in milliseconds; undefined if it does not state this. */
	waitMs?: number;
	/** Whether Sahut may have processed the request, so that a retry could carry it out twice. */
	isOutcomeUnknown: boolean;
}

/** Returns the advice after a failure that may not last. After an unknown outcome, another advice follows. */
const tryLater = ({ isOutcomeUnknown }: FailureFacts) =>
	isOutcomeUnknown ? '' : 'Try again later.';

const CHECK_FIELDS = 'Check the values of the fields for this item.';

function describeNotFound(target: string | undefined): ErrorText {
	return target === undefined
		? [
				'Sahut was not found at this Base URL (status 404)',
				`Check the Base URL of the Sahut credential. The address of Sahut's API is ${DEFAULT_BASE_URL}.`,
			]
		: [
				`${target} was not found in Sahut`,
				'Check the ID. Choose "From List" to pick an existing record, or correct the expression that provides the ID.',
			];
}

function describeGone(target: string | undefined, action: string): ErrorText {
	return target === undefined
		? [
				`Sahut no longer accepts the request to ${action} (status 410)`,
				'Sahut may have retired this version of its API. Check whether there is a newer version of the package n8n-nodes-sahut.',
			]
		: [
				`${target} no longer exists in Sahut (status 410)`,
				'Check whether it was deleted in Sahut, and check the expression that provides its ID.',
			];
}

function describeRateLimit(waitMs: number | undefined): ErrorText {
	const seconds = Math.max(1, Math.ceil((waitMs ?? 0) / 1000));
	const wait =
		waitMs === undefined
			? '. Sahut did not state how long to wait'
			: `. Wait ${seconds} ${seconds === 1 ? 'second' : 'seconds'}`;
	return [
		`The rate limit of your Sahut plan was reached${wait}`,
		'Sahut did not process this request. Run the item again later, and set Requests per Minute under Options to stay below the limit of your plan.',
	];
}

/** Returns the error texts by status, for statuses that have one of their own. */
function textsByStatus(
	{ action, target }: Wording,
	facts: FailureFacts,
): Partial<Record<number, ErrorText>> {
	return {
		400: [`Sahut rejected the request to ${action} as invalid (status 400)`, CHECK_FIELDS],
		401: [
			'Sahut does not accept the API key',
			'Open the Sahut credential and paste the key again, from Settings → Integrations → API Keys. A revoked key, or a key of another workspace, does not work.',
		],
		402: [
			`Sahut requires a payment before you can ${action} (status 402)`,
			'Check the plan and the payments of your Sahut workspace.',
		],
		403: [
			`This API key has no permission to ${action}`,
			'Ask an admin of your Sahut workspace for a key with this permission.',
		],
		404: describeNotFound(target),
		408: [`The request to ${action} timed out (status 408)`, tryLater(facts)],
		409: [
			`The request to ${action} conflicts with existing data in Sahut (status 409)`,
			'Check whether another record has the same values, or whether the record has changed.',
		],
		410: describeGone(target, action),
		413: [
			`The request to ${action} is too large for Sahut (status 413)`,
			'Shorten the texts in the fields for this item.',
		],
		415: [
			`Sahut does not accept the format of the request to ${action} (status 415)`,
			'The node sends JSON. Check whether a proxy between your n8n and Sahut changes requests.',
		],
		422: [`Sahut refused to ${action}`, CHECK_FIELDS],
		429: describeRateLimit(facts.waitMs),
		451: [
			`For legal reasons, Sahut refused to ${action} (status 451)`,
			'Ask Sahut support for the reason.',
		],
	};
}

function describeStatus(status: number, wording: Wording, facts: FailureFacts): ErrorText {
	const { action } = wording;
	if (isSuccess(status)) {
		return [
			`The response to the request to ${action} has an unexpected format (status ${status})`,
			'Check that the Base URL of the Sahut credential is the address of the API.',
		];
	}
	if (status >= 500) {
		return [
			`Sahut responded with an error to the request to ${action} (status ${status})`,
			tryLater(facts),
		];
	}
	if (status >= 300 && status < 400) {
		return [
			`Sahut redirected the request to another address (status ${status})`,
			'The node never sends the API key across a redirect. Enter the address that Sahut redirects to as the Base URL of the Sahut credential.',
		];
	}
	const other: ErrorText = [
		`Sahut responded with status ${status} to the request to ${action}`,
		'Check the Base URL of the Sahut credential and the values of this item.',
	];
	return textsByStatus(wording, facts)[status] ?? other;
}

function describeNoResponse(
	{ code, detail }: Extract<Outcome, { kind: 'noResponse' }>,
	{ action }: Wording,
	facts: FailureFacts,
): ErrorText {
	const { origin, timeoutMs } = facts;
	if (isUntrusted(code)) {
		return [
			`n8n could not establish a secure connection to ${origin} (${code})`,
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
		return [
			`Sahut did not respond within ${timeoutMs / 1000} seconds to the request to ${action}`,
			tryLater(facts),
		];
	}
	// n8n's text may advise a retry.
	const reason = facts.isOutcomeUnknown
		? code && `The error code is ${code}.`
		: detail && `n8n reports: "${detail}".`;
	return [
		`The connection was lost before Sahut responded to the request to ${action}`,
		reason || tryLater(facts),
	];
}

/**
 * Describes a failed request to the user: what happened and what to do next.
 *
 * @param sahutMessage the message in Sahut's response, if there is one
 */
export function describeFailure(
	wording: Wording,
	outcome: Outcome,
	facts: FailureFacts,
	sahutMessage?: string,
): ErrorText {
	if (outcome.kind === 'canceled') return ['The execution was canceled', ''];
	if (outcome.kind === 'noResponse') return describeNoResponse(outcome, wording, facts);
	const [message, generalAdvice] = describeStatus(outcome.status, wording, facts);
	const advice = wording.advice?.[outcome.status] ?? generalAdvice;
	return [message, typeof advice === 'function' ? advice(sahutMessage) : advice];
}
