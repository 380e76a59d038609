import { UserError } from 'n8n-workflow';

import { messageKey } from '../../api/messages';
import { createQuestion, type Question, type QuestionTexts } from '../../approval/question';
import { NO_ANSWER } from '../../approval/wait';
import { deliverUnique } from '../../delivery/deliver';
import type { Operation } from '../../runtime/operation';
import type { Params } from '../../runtime/params';
import { conversationLocator } from '../fields';
import { assertIsLater, readTimeLimit, toWaitEnd, type TimeLimit } from './limitWaitTime';
import { approval, APPROVE, DECLINE, message, options } from './sendAndWaitFields';

interface Input {
	conversationId: string;
	texts: QuestionTexts;
	isNote: boolean;
	timeLimit: TimeLimit | undefined;
}

/** Reads the label of a button, as one line. @throws UserError if the user added it but left it blank */
function readLabel(params: Params, name: string, fallback: string): string {
	if (!params.isAdded(name)) return fallback;
	return params.required(name, 'Enter the label of the button.').replace(/\s+/g, ' ').trim();
}

/** Reads the question and its buttons. @throws UserError if a text is empty, or if a label belongs to no button */
function readTexts(params: Params, isNote: boolean): QuestionTexts {
	const text = params.message('message', 'Enter the question.', isNote);
	const approveLabel = readLabel(params, 'approval.approveLabel', APPROVE);
	if (params.choice('approval.type') === 'double') {
		const declineLabel = readLabel(params, 'approval.declineLabel', DECLINE);
		return { text, approveLabel, declineLabel };
	}
	if (!params.isAdded('approval.declineLabel')) return { text, approveLabel };
	throw new UserError('Decline Button Label requires Type of Approval "Approve and Decline"', {
		description: 'Set Type of Approval to "Approve and Decline", or remove Decline Button Label.',
	});
}

function read(params: Params): Input {
	const isNote = params.choice('options.sendTo') === 'note';
	return {
		conversationId: params.locator('conversationId'),
		texts: readTexts(params, isNote),
		isNote,
		timeLimit: readTimeLimit(params),
	};
}

/** Returns the text of the message. It adds no words but the labels, so that it works in any language. */
function toMessageText({ text, approveLabel, declineLabel }: QuestionTexts, link: string): string {
	const labels = [approveLabel, declineLabel].filter((label) => label !== undefined);
	return `${text.trimEnd()}\n\n${labels.join(' / ')}: ${link}`;
}

export const sendAndWait: Operation<Input> = {
	value: 'sendAndWait',
	name: 'Send and Wait for Approval',
	action: 'Send a message and wait for approval',
	description:
		'Ask a question in an internal note, and wait until a person opens its link and answers. Returns the input item with the answer.',
	builderHint:
		'Use this before an action that a person must approve, such as a message that AI has written. It accepts one item: use Loop Over Items for several. Then branch on approved: true, false, or null if nobody answered in time.',
	pastParticiple: 'sent',
	fields: [conversationLocator, message, approval, options],
	read,
	lane: ({ conversationId }) => `conversation ${conversationId}`,
	async run({ conversationId, texts, isNote, timeLimit }, sahut) {
		assertIsLater(timeLimit, sahut.now());
		// The link belongs to this execution. A Retry is another execution, so it must ask again.
		const ofExecution = `of execution ${sahut.executionId}`;
		const question = await sahut.once<Question>(`question ${ofExecution}`, {
			run: async () => createQuestion(texts),
		});
		const content = toMessageText(question, sahut.openQuestion(question));
		const key = `${messageKey(conversationId)} ${ofExecution}`;
		const body = { content, ...(isNote && { private: true }) };
		const sent = await deliverUnique({ conversationId, key }, body, sahut);
		const ids = { conversation_id: conversationId, message_id: sent.id };
		return [{ json: { ...ids, ...NO_ANSWER } }];
	},
	waitUntil: ({ timeLimit }, now) => toWaitEnd(timeLimit, now),
};
