import type { IDataObject } from 'n8n-workflow';

import type { ItemClient } from '../../runtime/operation';
import { UnknownFateError } from '../../transport/errors';
import { findById, type SentMessage } from '../../workspace/sentMessages';
import { DOUBTS, findMessage, type Doubt } from './findSent';
import type { LookBack } from './lookBack';
import { isSameBody, isTelling } from './sameMessage';

/** For how long a message whose answer was lost may still appear. */
const NOT_SHOWN_MS = 60_000;

/** `created_at` may be cut off to whole seconds. */
const CLOCK_TOLERANCE_MS = 1_000;

function isNotKnown(conversationId: string, reason: string): UnknownFateError {
	return new UnknownFateError(
		`It is not known whether conversation "${conversationId}" has this message already: ${reason}`,
		{ description: 'Nothing was sent. Look into the conversation before you send it.' },
	);
}

/**
 * The message, if the conversation has it already, sent within the given time by anybody: from here or
 * from elsewhere, for this item or another one.
 *
 * @param bodies the forms in which it may have been sent
 * @throws UnknownFateError when it cannot be told; NodeApiError when the conversation cannot be read
 */
export async function findSentBefore(
	conversationId: string,
	bodies: IDataObject[],
	withinMs: number,
	back: LookBack,
	sahut: ItemClient,
): Promise<IDataObject | undefined> {
	const sentFromHere = sahut.workspace.sentInto(conversationId);
	const since = () => sahut.serverNow() - withinMs - CLOCK_TOLERANCE_MS;
	const isThis = (sent: SentMessage) => bodies.some((body) => isSameBody(sent.body, body));

	let doubt: Doubt | undefined;
	for (const body of bodies) {
		const found = await findMessage(back, {
			body,
			since,
			canBe({ id, sender }) {
				// Two templates may have the same values: what was sent from here is known for certain.
				const sent = findById(sentFromHere, id);
				return sent ? isThis(sent) : sender?.type !== 'agent' || isTelling(body);
			},
		});
		if (typeof found === 'string') doubt ??= found;
		else if (found) return { ...found };
	}

	// Lists may not show it yet, nor say that it is a note.
	const known = sentFromHere.findLast((sent) => sent.message && sent.at >= since() && isThis(sent));
	if (known) return known.message;
	if (doubt) throw isNotKnown(conversationId, DOUBTS[doubt]);
	const isLost = sentFromHere.some(
		(sent) => !sent.message && sent.at >= sahut.serverNow() - NOT_SHOWN_MS && isThis(sent),
	);
	if (isLost) {
		throw isNotKnown(conversationId, 'it was sent a moment ago, and the answer did not arrive');
	}
	return undefined;
}
