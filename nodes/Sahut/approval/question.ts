import { randomBytes, timingSafeEqual } from 'crypto';
import {
	UnexpectedError,
	UserError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type IWebhookFunctions,
} from 'n8n-workflow';

/** The query parameter of the link that contains the nonce. */
export const NONCE_PARAMETER = 'nonce';

const NONCE_BYTES = 18;

/** The texts of a question. n8n stores them with the execution: never rename a property. */
export type QuestionTexts = {
	text: string;
	approveLabel: string;
	/** Undefined if the question can only be approved. */
	declineLabel?: string;
};

/** A question to a person. */
export type Question = QuestionTexts & {
	/**
	 * Identifies the question. n8n's signature covers only the execution and the node, so in a loop, the
	 * link of one round would also answer the question of the next.
	 */
	nonce: string;
};

/** Creates a question with a new nonce. */
export function createQuestion(texts: QuestionTexts): Question {
	return { ...texts, nonce: randomBytes(NONCE_BYTES).toString('base64url') };
}

/** Returns n8n's signed link that resumes this execution. @throws UserError if n8n cannot create one */
export function signLink(context: IExecuteFunctions, parameters?: Record<string, string>): string {
	// Versions of n8n from before mid-2025 lack this function.
	const sign = context.getSignedResumeUrl as typeof context.getSignedResumeUrl | undefined;
	if (sign) return sign.call(context, parameters);
	throw new UserError('This version of n8n cannot create a link that resumes a workflow', {
		description: 'Update n8n to use Send and Wait for Approval.',
	});
}

/** Sets the question that this node waits for. @returns the link to its page */
export function openQuestion(context: IExecuteFunctions, question: Question): string {
	context.getContext('node').question = question;
	return signLink(context, { [NONCE_PARAMETER]: question.nonce });
}

/**
 * Evaluates an expression in a webhook.
 *
 * @returns the value as parsed JSON; undefined if the expression has no value
 */
function evaluate(context: IWebhookFunctions, expression: string): unknown {
	// The expression returns text, since n8n may return an object as a proxy.
	const json = context.evaluateExpression(`{{ JSON.stringify(${expression}) ?? '' }}`);
	return json ? (JSON.parse(String(json)) as unknown) : undefined;
}

/** Returns the question that the node waits for. A webhook can read the node's context only by an expression. */
function readQuestion(context: IWebhookFunctions): Question | undefined {
	// Escaped, since braces could end the expression.
	const name = JSON.stringify(context.getNode().name).replace(
		/[{}]/g,
		(brace) => `\\u00${brace.charCodeAt(0).toString(16)}`,
	);
	return evaluate(context, `$node[${name}].context.question`) as Question | undefined;
}

/**
 * Returns the item that the node has received. While the node waits, that is its own output.
 *
 * @throws UnexpectedError if n8n does not return the item
 */
export function readInput(context: IWebhookFunctions): INodeExecutionData {
	// n8n copies this item as a whole. It would read each value of `$json` separately, which takes too long for a
	// large item, and would omit fields such as `constructor`.
	const item = evaluate(context, '$input.first()') as INodeExecutionData | IDataObject | undefined;
	if (!item) throw new UnexpectedError('n8n did not return the input item');
	// If n8n is set to keep binary data in the JSON, this is the JSON, which has the fields of the output.
	return 'decided_at' in item ? { json: item } : (item as INodeExecutionData);
}

/** Compares two texts in constant time. */
function isEqual(given: string, wanted: string): boolean {
	const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
	return a.length === b.length && timingSafeEqual(a, b);
}

/** Returns the question that the node waits for if the link of the request belongs to it. */
export function findQuestion(context: IWebhookFunctions): Question | undefined {
	const given: unknown = Object(context.getRequestObject().query)[NONCE_PARAMETER];
	const question = readQuestion(context);
	if (typeof given !== 'string' || typeof question?.nonce !== 'string') return undefined;
	return isEqual(given, question.nonce) ? question : undefined;
}
