import { UserError, type IDataObject } from 'n8n-workflow';

import { isIdentifiable } from '../../api/messageContent';
import { bodiesOf, type Content, type Outgoing } from '../../delivery/content';
import type { Params } from '../../runtime/params';
import { parseTemplateVariables, toTemplateVariables } from './templateVariables';

const HOUR_MS = 60 * 60 * 1_000;

function readTemplate(params: Params): IDataObject {
	const advice = 'Enter the ID of the approved WhatsApp template.';
	const template_id = params.required('templateId', advice).trim();
	const variables =
		params.choice('variablesInput') === 'json'
			? parseTemplateVariables(params.raw('templateVariablesJson'))
			: toTemplateVariables(params.rows('templateVariables.variable'));
	const hasVariables = Object.keys(variables).length > 0;
	return { template_id, ...(hasVariables && { template_variables: variables }) };
}

function readContent(params: Params): Content {
	const type = params.choice('messageType');
	return {
		...(type !== 'template' && {
			text: { content: params.required('content', 'Enter what the customer should read.') },
		}),
		...(['template', 'textOrTemplate'].includes(type) && { template: readTemplate(params) }),
	};
}

/** Reads Skip If Sent Within, in ms. @throws UserError if it is not above 0, or cannot be used. */
function readSkipWithin(params: Params, content: Content): number | undefined {
	const hours = params.aboveZero('options.skipIfSentWithin');
	if (hours === undefined) return undefined;
	if (!bodiesOf(content).every(isIdentifiable)) {
		const message = 'Skip If Sent Within (Hours) cannot be used with a template without variables';
		throw new UserError(message, {
			description:
				'A template is recognized by its values, such as an order number. Use a template with variables, or remove the option.',
		});
	}
	return hours * HOUR_MS;
}

/**
 * Reads the `messageFields` and the options that go with them.
 *
 * @throws UserError if the text or the template ID is empty, a template variable cannot be sent, or Skip If
 * Sent Within cannot be used
 */
export function readOutgoing(params: Params): Outgoing {
	const content = readContent(params);
	return {
		content,
		skipWithinMs: readSkipWithin(params, content),
		dryRun: params.flag('options.dryRun', false),
	};
}
