import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { getAnswer } from '../processCache/answers';
import type { Clock } from '../transport/clock';
import { isAccepted } from '../transport/webhookResponse';
import { DECISION_FIELD, messagePage, PAGE_HEADERS, questionPage } from './page';
import { findQuestion, readInput, type Question } from './question';
import { extendInput } from './wait';

/** Responds with a page. The execution continues to wait. */
function respond(context: IWebhookFunctions, status: number, html: string): IWebhookResponseData {
	context.getResponseObject().writeHead(status, PAGE_HEADERS).end(html);
	return { noWebhookResponse: true };
}

const recordedPage = (label: string) =>
	messagePage(`✓ ${label}`, 'The answer was recorded. You can close this page.');

/** Returns the decision in a submitted form; undefined if it has no decision that the question offers. */
function readDecision(
	context: IWebhookFunctions,
	{ approveLabel, declineLabel }: Question,
): { approved: boolean; label: string } | undefined {
	const decision: unknown = Object(context.getBodyData())[DECISION_FIELD];
	if (decision === 'approve') return { approved: true, label: approveLabel };
	if (decision !== 'decline' || declineLabel === undefined) return undefined;
	return { approved: false, label: declineLabel };
}

/** Handles a request as {@link answer} does. */
function handle(context: IWebhookFunctions, clock: Clock): IWebhookResponseData {
	const question = findQuestion(context);
	if (!question) {
		const text = 'The question was already answered, or it was asked again with a new link.';
		return respond(context, 410, messagePage('This link is no longer valid', text));
	}
	const given = getAnswer(question.nonce, clock);
	if (given.label !== undefined) return respond(context, 200, recordedPage(given.label));
	// Previews and scanners open links, so only the submitted form decides.
	if (context.getRequestObject().method !== 'POST') {
		return respond(context, 200, questionPage(question));
	}
	const decision = readDecision(context, question);
	if (!decision) return respond(context, 400, questionPage(question));

	const { approved, label } = decision;
	const decided_at = new Date(clock.now()).toISOString();
	const output = extendInput(readInput(context), { approved, decided_at });
	given.label = label;
	void isAccepted(context).then((accepted) => {
		if (!accepted) given.label = undefined;
	});
	const response = context.getResponseObject();
	for (const [name, value] of Object.entries(PAGE_HEADERS)) response.setHeader(name, value);
	return { webhookResponse: recordedPage(label), workflowData: [[output]] };
}

/**
 * Handles a request to the link of a question, after n8n has checked its signature.
 *
 * - GET shows the question, and never decides.
 * - POST with a decision resumes the execution. From then on, n8n itself responds to requests.
 * - The status is 410 if the link belongs to another question, and 400 for an invalid form.
 */
export async function answer(
	context: IWebhookFunctions,
	clock: Clock,
): Promise<IWebhookResponseData> {
	try {
		return handle(context, clock);
	} catch (error) {
		// If this function threw, n8n would resume the execution as failed, which would end it.
		context.logger.error(`Sahut node "${context.getNode().name}": ${(error as Error).message}`);
		const text = 'n8n could not read the question. Open the link again later.';
		return respond(context, 500, messagePage('Something went wrong', text));
	}
}
