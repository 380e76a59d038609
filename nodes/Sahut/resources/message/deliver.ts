import type { IDataObject } from 'n8n-workflow';

import type { Sahut } from '../../runtime/operation';
import { isTooLate, mayHaveArrived } from '../../transport/errors';
import type { SahutRequest, Sender } from '../../transport/types';
import { forget, remember, type SentMessage } from '../../workspace/sentMessages';
import { bodiesOf, type Content, type Outgoing } from './content';
import { findSentMessage } from './findSent';
import { lookBack, type LookBack } from './lookBack';
import { sendRequest } from './sendRequest';
import { findSentBefore } from './sentBefore';
import { textOrTemplate, type Choice, type Destination } from './textOrTemplate';

/** What the request says of itself, for messages. */
type Said = Pick<SahutRequest, 'subject' | 'note'>;

/** Sends it, and has it remembered for other executions of this process. */
async function send(
	request: SahutRequest,
	conversationId: string,
	sahut: Sahut,
): Promise<IDataObject> {
	const sentHere = sahut.workspace.sentInto(conversationId);
	const sent: SentMessage = { body: request.body ?? {}, at: sahut.serverNow() };
	const isAnew = !sahut.wasTried(request);
	if (isAnew) remember(sentHere, sent);
	const { data } = await sahut.request<IDataObject>(request).catch((error: unknown) => {
		if (mayHaveArrived(error)) sent.at = sahut.serverNow();
		else if (isAnew) forget(sentHere, sent);
		throw error;
	});
	// It may be one that an earlier try has sent.
	Object.assign(sent, { message: data, at: Date.parse(String(data.created_at)) || sent.at });
	const { id } = (data.sender ?? {}) as Partial<Sender>;
	if (id !== undefined) sahut.workspace.habits.senderId = id;
	return data;
}

/** In a retry: as what another try has sent it, of which n8n has kept nothing. */
async function findHowSent(
	content: Content,
	{ conversationId, isNew }: Destination,
	back: LookBack,
	sahut: Sahut,
): Promise<Choice | undefined> {
	if (!sahut.earlier || isNew) return undefined;
	const { habits } = sahut.workspace;
	for (const sentAs of ['text', 'template'] as const) {
		const trace = sahut.earlier(content[sentAs] ?? {});
		if (await findSentMessage(sahut, conversationId, trace, habits, back)) return { sentAs };
	}
	return undefined;
}

/**
 * The way of a message into a conversation: not if the conversation has it already, where that is asked
 * for; as a text or as a template, where both are given.
 *
 * @returns the record of the message, with `sent_as`, or with `skipped` and `skip_reason`; for a Dry
 * Run, the `request`
 * @throws NodeApiError, or UserError when it cannot be told whether to send it: then nothing was sent
 */
export async function deliver(
	to: Destination,
	{ content, skipWithinMs, dryRun }: Outgoing,
	sahut: Sahut,
	said: Partial<Said> = {},
): Promise<IDataObject> {
	const { conversationId, isNew } = to;
	const bodies = bodiesOf(content);
	const requestFor = (body: IDataObject) => ({
		...sendRequest(conversationId, body, sahut.workspace.habits),
		...said,
	});
	const wasTried = () => sahut.wasTried(requestFor({}));
	// What a dry run has decided must not bind a real one.
	const decide: Sahut['decide'] = dryRun ? async (_, make) => await make() : sahut.decide;
	const unknown =
		skipWithinMs === undefined
			? 'whether the customer has written within 24 hours'
			: 'whether it was sent before';
	const note = [`It is not known ${unknown}: nothing was sent.`, said.note]
		.filter(Boolean)
		.join(' ');
	const openBack = () => lookBack(sahut, conversationId, note);
	let back = openBack();

	if (skipWithinMs !== undefined && !isNew && !wasTried()) {
		const { message } = await decide<{ message?: IDataObject }>(
			`whether ${conversationId} has ${JSON.stringify(bodies)}`,
			async () => {
				const message = await findSentBefore(conversationId, bodies, skipWithinMs, back, sahut);
				return message ? { message } : {};
			},
			async (before) => before.message !== undefined,
		);
		if (message) {
			return { ...message, ...(dryRun && { dryRun }), skipped: true, skip_reason: 'sent_before' };
		}
	}

	const step = `text or template for ${conversationId}`;
	const choose = async (): Promise<Choice> => {
		if (!content.text) return { sentAs: 'template' };
		if (!content.template) return { sentAs: 'text' };
		return await decide<Choice>(
			step,
			async () =>
				(await findHowSent(content, to, back, sahut)) ?? (await textOrTemplate(to, back, sahut)),
			async ({ sentAs }) => sentAs === 'template' || wasTried(),
		);
	};

	// As what it was sent before there was a choice, only its record tells.
	if (!dryRun && wasTried() && !sahut.decided(step)) {
		return await send(requestFor(bodies[0] ?? {}), conversationId, sahut);
	}
	for (;;) {
		const { sentAs, until } = await choose();
		const request = { ...requestFor(content[sentAs] ?? {}), notAfter: until };
		const asWhat = bodies.length > 1 ? { sent_as: sentAs } : {};
		if (dryRun) return { dryRun, request: sahut.describe(request), ...asWhat };
		const message = await send(request, conversationId, sahut).catch((error: unknown) => {
			if (!isTooLate(error)) throw error;
		});
		if (message) return { ...message, ...asWhat };
		// The window has closed while the message waited for its turn, unless the customer wrote.
		back = openBack();
	}
}
