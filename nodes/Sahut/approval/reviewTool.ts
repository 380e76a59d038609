import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

/** Whether n8n has made the node a tool of an AI agent. */
export const isTypeOfTool = (context: IExecuteFunctions) => context.getNode().type.endsWith('Tool');

/** Whether n8n has made the node a human review: it asks before the agent uses another tool. */
export const isReviewTool = (context: IExecuteFunctions) =>
	context.getNode().type.endsWith('HitlTool');

/**
 * Returns the input items without the fields that the output must not contain. The AI model writes the input of a
 * review tool, and n8n would take a field such as `data` of the output as the answer.
 */
export function readOutputItems(context: IExecuteFunctions): INodeExecutionData[] {
	const items = context.getInputData();
	return isReviewTool(context) ? items.map((item) => ({ ...item, json: {} })) : items;
}

/** The text that JavaScript inserts for an object. */
const OBJECT = '[object Object]';

/**
 * Inserts the input of the reviewed tool into a parameter of the review as JSON. n8n's default question inserts it as
 * an object, so that nobody could see what to approve.
 *
 * @returns other values unchanged
 */
export function showToolInput(context: IExecuteFunctions, item: number, value: unknown): unknown {
	if (typeof value !== 'string' || !value.includes(OBJECT) || !isReviewTool(context)) return value;
	const { toolParameters = {} } = context.getInputData()[item]?.json ?? {};
	return value.replaceAll(OBJECT, () => JSON.stringify(toolParameters, null, 2));
}
