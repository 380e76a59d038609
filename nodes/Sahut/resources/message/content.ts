import { UserError, type IDataObject } from 'n8n-workflow';

import type { Params } from '../../runtime/params';
import { parseTemplateVariables, toTemplateVariables } from './templateVariables';

function readTemplate(params: Params): IDataObject {
	const templateId = params.text('templateId').trim();
	if (templateId === '') {
		throw new UserError('Template ID is empty', {
			description:
				'Enter the ID of the approved WhatsApp template. If an expression should give it, check that it has a value for this item.',
		});
	}
	const variables =
		params.choice('variablesInput') === 'json'
			? parseTemplateVariables(params.raw('templateVariablesJson'))
			: toTemplateVariables(params.rows('templateVariables.variable'));
	return Object.keys(variables).length === 0
		? { template_id: templateId }
		: { template_id: templateId, template_variables: variables };
}

function readText(params: Params): IDataObject {
	const content = params.text('content');
	if (content.trim() === '') {
		throw new UserError('Text is empty', {
			description:
				'Enter what the customer should read. If an expression should give it, check that it has a value for this item.',
		});
	}
	return { content };
}

/**
 * The body of a new message (API reference, "Messages", POST): either `content`, or `template_id`
 * with its `template_variables`. Reads the `messageFields`.
 *
 * @throws UserError when the text or template ID is empty, or a template variable cannot be sent.
 */
export function readMessage(params: Params): IDataObject {
	return params.choice('messageType') === 'template' ? readTemplate(params) : readText(params);
}
