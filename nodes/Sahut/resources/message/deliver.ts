import type { IDataObject } from 'n8n-workflow';

import type { ItemClient } from '../../runtime/operation';
import { isTooLate } from '../../transport/errors';
import type { SahutRequest } from '../../transport/types';
import { bodiesOf, whatItSays, type Content, type Outgoing } from './content';
import { findSentMessage } from './findSent';
import { lookBack, type LookBack } from './lookBack';
import { sendMessageRequest, writeInto } from './requests';
import { sendAndRemember } from './sendAndRemember';
import { findSentBefore } from './sentBefore';
import { textOrTemplate, type Choice, type Destination } from './textOrTemplate';

/** What the request says of itself, for messages. */
type Said = Pick<SahutRequest, 'subject' | 'note'>;

/** In a retry: as what another try has sent it, of which n8n has kept nothing. */
async function findHowSent(
	content: Content,
	{ conversationId, isNew }: Destination,
	back: LookBack,
	sahut: ItemClient,
): Promise<Choice | undefined> {
	if (!sahut.earlier || isNew) return undefined;
	for (const sentAs of ['text', 'template'] as const) {
		const trace = sahut.earlier(content[sentAs] ?? {});
		if (await findSentMessage(sahut, conversationId, trace, sahut.workspace, back))
			return { sentAs };
	}
	return undefined;
}

/** What makes out one delivery, beside the message. */
interface Way {
	to: Destination;
	sahut: ItemClient;
	/** Records a decision for the item; not in a dry run, whose must not bind a real one. */
	decide: ItemClient['decide'];
	/** Whether an earlier try has sent it, or may have. */
	wasTried(): boolean;
}

/** The message, where it shall go out once and the conversation has it already. */
async function findEarlierOne(
	{ content, skipWithinMs }: Outgoing,
	back: LookBack,
	{ to: { conversationId, isNew }, sahut, decide, wasTried }: Way,
): Promise<IDataObject | undefined> {
	if (skipWithinMs === undefined || isNew || wasTried()) return undefined;
	const { message } = await decide<{ message?: IDataObject }>(
		`whether ${conversationId} has ${whatItSays(content)}`,
		async () => {
			const bodies = bodiesOf(content);
			const found = await findSentBefore(conversationId, bodies, skipWithinMs, back, sahut);
			return found ? { message: found } : {};
		},
		async (before) => before.message !== undefined,
	);
	return message;
}

/** The choice between text and template, in the ledger. */
const stepFor = ({ conversationId }: Destination) => `text or template for ${conversationId}`;

async function choose(
	content: Content,
	back: LookBack,
	{ to, sahut, decide, wasTried }: Way,
): Promise<Choice> {
	if (!content.text) return { sentAs: 'template' };
	if (!content.template) return { sentAs: 'text' };
	return await decide<Choice>(
		stepFor(to),
		async () =>
			(await findHowSent(content, to, back, sahut)) ?? (await textOrTemplate(to, back, sahut)),
		async ({ sentAs }) => sentAs === 'template' || wasTried(),
	);
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
	outgoing: Outgoing,
	sahut: ItemClient,
	said: Partial<Said> = {},
): Promise<IDataObject> {
	const { content, skipWithinMs, dryRun } = outgoing;
	const { conversationId } = to;
	const bodies = bodiesOf(content);
	const requestFor = (body: IDataObject) => ({
		...sendMessageRequest(conversationId, body, sahut.workspace),
		...said,
	});
	const way: Way = {
		to,
		sahut,
		decide: dryRun ? async (_, make) => await make() : sahut.decide,
		wasTried: () => sahut.wasTried(writeInto(conversationId)),
	};
	const unknown =
		skipWithinMs === undefined
			? 'whether the customer has written within 24 hours'
			: 'whether it was sent before';
	const note = [`It is not known ${unknown}: nothing was sent.`, said.note]
		.filter(Boolean)
		.join(' ');
	let back = lookBack(sahut, conversationId, note);

	const earlier = await findEarlierOne(outgoing, back, way);
	if (earlier) {
		return { ...earlier, ...(dryRun && { dryRun }), skipped: true, skip_reason: 'sent_before' };
	}
	// As what it was sent before there was a choice, only its record tells.
	if (!dryRun && way.wasTried() && !sahut.decided(stepFor(to))) {
		return await sendAndRemember(requestFor(bodies[0] ?? {}), conversationId, sahut);
	}
	for (;;) {
		const { sentAs, until } = await choose(content, back, way);
		const request = { ...requestFor(content[sentAs] ?? {}), notAfter: until };
		const asWhat = bodies.length > 1 ? { sent_as: sentAs } : {};
		if (dryRun) return { dryRun, request: sahut.describe(request), ...asWhat };
		const message = await sendAndRemember(request, conversationId, sahut).catch(
			(error: unknown) => {
				if (!isTooLate(error)) throw error;
			},
		);
		if (message) return { ...message, ...asWhat };
		// The window has closed while the message waited for its turn, unless the customer wrote.
		back = lookBack(sahut, conversationId, note);
	}
}
