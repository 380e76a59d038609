import {
	UserError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
} from 'n8n-workflow';

import { isReachableFrom } from '../transport/connection';
import { signLink } from './question';
import { isReviewTool, isTypeOfTool } from './reviewTool';

/** The fields of the output until there is an answer, and if there is none within the time limit. */
export const NO_ANSWER = { approved: null, decided_at: null };

/**
 * Asserts that a run can wait for an answer: it has at most one item, its output reaches the workflow, and a person
 * can open the link.
 *
 * @param api the address of Sahut's API
 * @param isTool whether an AI agent has called the node
 * @throws UserError if the run cannot wait
 */
export function assertCanWait(context: IExecuteFunctions, api: string, isTool: boolean): void {
	const { length } = context.getInputData();
	if (length > 1) {
		throw new UserError(
			`Send and Wait for Approval accepts one item at a time, but received ${length}`,
			{
				description:
					'Nothing was sent. One answer would approve all items. Add a Loop Over Items node with Batch Size 1 before this node, and connect the end of the loop to the Loop Over Items node.',
			},
		);
	}
	if ((isTool || isTypeOfTool(context)) && !isReviewTool(context)) {
		const message =
			'Send and Wait for Approval cannot be a tool, because the answer would not reach the AI agent';
		throw new UserError(message, {
			description:
				'Nothing was sent. Use it as the human review of another tool: remove this tool, press + on the connection between the AI Agent and the other tool, and choose Sahut.',
		});
	}
	if (isReachableFrom(api, signLink(context))) return;
	throw new UserError(
		'Nobody else could open the approval link: it points to the machine that runs n8n',
		{
			description:
				'Nothing was sent. Set the environment variable WEBHOOK_URL of n8n to an address that your team can open, such as https://n8n.example.com or http://192.168.1.10:5678. Then restart n8n.',
		},
	);
}

/** Adds fields to an input item, and returns the result as an output item of this node. */
export function extendInput(
	{ json, binary }: Pick<INodeExecutionData, 'json' | 'binary'>,
	fields: IDataObject,
): INodeExecutionData {
	return {
		json: { ...json, ...fields },
		...(binary && Object.keys(binary).length > 0 && { binary }),
		pairedItem: { item: 0 },
	};
}

/**
 * Makes the execution wait. If nobody answers, n8n outputs the node's input without running the node again. So the
 * input is replaced with the output: otherwise, a field `approved` of the input would count as the answer.
 */
export async function waitForAnswer(
	context: IExecuteFunctions,
	output: INodeExecutionData,
	until: Date,
): Promise<void> {
	context.getExecuteData().data.main = [[output]];
	// n8n 1.x checks the signature of the link only on request.
	if ('setSignatureValidationRequired' in context) {
		(context.setSignatureValidationRequired as () => void)();
	}
	await context.putExecutionToWait(until);
}
