import { UserError, type IDataObject } from 'n8n-workflow';

import { isIdentifiable } from '../../api/messageContent';
import { getBodies, type MessageContent, type OutgoingMessage } from '../../delivery/content';
import type { Params } from '../../runtime/params';
import { isBlank } from '../../values/cleanText';
import { splitText } from '../../values/textList';
import { parseTemplateVariables, toTemplateVariables } from './templateVariables';

const HOUR_MS = 60 * 60 * 1_000;

function readTemplate(params: Params): IDataObject {
	const template_id = params.id('templateId');
	if (template_id === '') {
		throw new UserError('Template ID is empty', {
			description:
				'Enter the ID of the approved WhatsApp template. If an expression provides it, check that it has a value for this item.',
		});
	}
	const variables =
		params.choice('variablesInput') === 'json'
			? parseTemplateVariables(params.raw('templateVariablesJson'))
			: toTemplateVariables(params.rows('templateVariables.variable'));
	const hasVariables = Object.keys(variables).length > 0;
	return { template_id, ...(hasVariables && { template_variables: variables }) };
}

/** Reads whether the message is an internal note. @throws UserError if a note would have a template */
function readIsNote(params: Params, type: string): boolean {
	const isNote = params.flag('options.private', false);
	if (!isNote || type === 'text') return isNote;
	throw new UserError('Private requires Message Type "Text"', {
		description:
			'A template always goes to the customer, so it cannot be an internal note. Remove Private from Options, or set Message Type to "Text".',
	});
}

function readContent(params: Params): MessageContent {
	const type = params.choice('messageType');
	const isNote = readIsNote(params, type);
	const content = () =>
		params.message('content', `Enter the text of the ${isNote ? 'note' : 'message'}.`, isNote);
	return {
		...(type !== 'template' && {
			text: { content: content(), ...(isNote && { private: true }) },
		}),
		...(type !== 'text' && { template: readTemplate(params) }),
	};
}

/** Reads Skip If Sent Within, in ms. @throws UserError if it is not above 0, or cannot be used. */
function readSkipWithin(params: Params, content: MessageContent): number | undefined {
	const hours = params.numberAboveZero('options.skipIfSentWithin');
	if (hours === undefined) return undefined;
	if (!getBodies(content).every(isIdentifiable)) {
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
 * @throws UserError if the text or the template ID is empty, a text or template variable cannot be sent,
 * Private is combined with a template, or Skip If Sent Within cannot be used
 */
export function readOutgoing(params: Params): OutgoingMessage {
	const content = readContent(params);
	const hours = params.numberAboveZero('options.skipIfCustomerWroteWithin');
	return {
		content,
		skipWithinMs: readSkipWithin(params, content),
		skipIfCustomerWroteWithinMs: hours === undefined ? undefined : hours * HOUR_MS,
		skipIfAssigned: params.flag('options.skipIfAssigned', false),
		dryRun: params.flag('options.dryRun', false),
	};
}

/** Reads the tags to skip. @throws UserError if the option has no tag, since it would skip no contact */
export function readSkipTags(params: Params): string[] {
	const tags = params.texts('options.skipContactTags');
	if (!tags?.length && params.isAdded('options.skipContactTags')) {
		throw new UserError('Skip Contacts With Tags has no tag', {
			description:
				'Enter a tag, or remove the option. If an expression provides the tag, check that it has a value for this item.',
		});
	}
	// An entry with separators may be one tag or several, so both count.
	return (tags ?? []).flatMap((tag) => [tag, ...splitText(tag)]).filter((tag) => !isBlank(tag));
}
