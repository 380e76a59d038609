import type { IDataObject } from 'n8n-workflow';

import { isNote } from '../api/messageContent';
import { findPhrase } from '../values/phrases';
import { channelOf, senderTypeOf, type SahutEvent } from './envelope';
import { firstText } from './records';

/** The events that start a workflow. An empty list excludes nothing. */
export interface Filters {
	events: string[];
	/** `incoming`, `outgoing`, `activity`; for messages. */
	messageTypes: string[];
	/** `contact`, `agent`, `bot`; for messages. */
	senderTypes: string[];
	/** Words or phrases, one of which a message must contain. */
	textContains: string[];
	/** For messages and conversations. */
	channelIds: string[];
	/** `open`, `pending`, `resolved`, `snoozed`; for messages and conversations. */
	conversationStatuses: string[];
	/** Whether internal notes start the workflow too. */
	includeNotes: boolean;
}

/** A filter and the value of the event that it checks. */
interface Check {
	/** The label of the option. */
	option: string;
	/** Where the trigger looks for the value, in words for the user. */
	place: string;
	allowed: string[];
	/** undefined if the delivery does not contain it. */
	value: string | undefined;
}

/** The result of all filters. */
export interface Verdict {
	/** False only if an option excludes a known value. */
	passes: boolean;
	/** The filters whose value is unknown. The event must not be dropped because of them. */
	unknown: Check[];
}

const FILTERED_OUT: Verdict = { passes: false, unknown: [] };

/** API reference, "Messages". */
const MESSAGE_TYPES = ['incoming', 'outgoing', 'activity'];

/** Sender → type of the message: only agents and bots write outgoing messages (API reference, "Messages"). */
const TYPES_BY_SENDER = new Map([
	['contact', 'incoming'],
	['agent', 'outgoing'],
	['bot', 'outgoing'],
]);

const excludes = ({ allowed, value }: Check) =>
	allowed.length > 0 && value !== undefined && !allowed.includes(value);

const lacksValue = ({ allowed, value }: Check) => allowed.length > 0 && value === undefined;

/**
 * Returns the type of a message, or else the type that its sender implies. Another type, such as `text`,
 * does not show whether a customer wrote: the default filter must not drop such a message.
 */
function messageTypeOf({ object }: SahutEvent, sender: string | undefined): string | undefined {
	const type = firstText(object.type);
	const isKnown = type !== undefined && MESSAGE_TYPES.includes(type);
	return isKnown ? type : TYPES_BY_SENDER.get(sender ?? '');
}

/** Returns the phrase that a message contains, or else an empty text; undefined if its text is unknown. */
function findPhraseIn({ content }: IDataObject, phrases: string[]): string | undefined {
	// A picture without a text has null or an empty text.
	const text = content === null || content === '' ? '' : firstText(content);
	return text === undefined ? undefined : (findPhrase(text, phrases) ?? '');
}

function messageChecks(
	event: SahutEvent,
	{ messageTypes, senderTypes, textContains }: Filters,
): Check[] {
	const sender = senderTypeOf(event);
	return [
		{
			option: 'Message Types',
			place: '"type" or "sender.type" of the message',
			allowed: messageTypes,
			value: messageTypeOf(event, sender),
		},
		{
			option: 'Sender Types',
			place: '"sender.type" of the message',
			allowed: senderTypes,
			value: sender,
		},
		{
			option: 'Text Contains',
			place: '"content" of the message',
			allowed: textContains,
			value: findPhraseIn(event.object, textContains),
		},
	];
}

function conversationChecks(event: SahutEvent, filters: Filters): Check[] {
	return [
		{
			option: 'Channel Names or IDs',
			place: '"channel.id" of the conversation',
			allowed: filters.channelIds,
			value: firstText(channelOf(event)?.id, event.object.channel_id),
		},
		{
			option: 'Conversation Statuses',
			place: '"status" of the conversation',
			allowed: filters.conversationStatuses,
			value: firstText(event.conversation?.status),
		},
	];
}

/** Whether an event is about an internal note. A message that is not marked as a note is not one. */
function isAboutNote({ subject, object }: SahutEvent): boolean {
	return subject === 'message' && isNote(object) === true;
}

/** Whether the workflow starts for events with this name. An event without a name is not excluded. */
export function isEventSelected({ events }: Filters, name: string | undefined): boolean {
	return name === undefined || events.length === 0 || events.includes(name);
}

/**
 * Applies the options to an event. If a filter needs a value that the delivery does not contain, the
 * trigger reads the conversation. If the value is still unknown, the event passes, and the verdict
 * names the filter.
 *
 * @throws the errors of `fetchConversation`.
 */
export async function applyFilters(
	event: SahutEvent,
	filters: Filters,
	fetchConversation: () => Promise<IDataObject>,
): Promise<Verdict> {
	if (event.subject === 'contact') return { passes: true, unknown: [] };
	if (isAboutNote(event) && !filters.includeNotes) return FILTERED_OUT;
	const checksOfMessage = event.subject === 'message' ? messageChecks(event, filters) : [];
	const delivered = conversationChecks(event, filters);
	if ([...checksOfMessage, ...delivered].some(excludes)) return FILTERED_OUT;

	const checksOfConversation = delivered.some(lacksValue)
		? conversationChecks({ ...event, conversation: await fetchConversation() }, filters)
		: delivered;
	const checks = [
		...checksOfMessage,
		...checksOfConversation.map((check, index) => ({
			...check,
			value: delivered[index]?.value ?? check.value,
		})),
	];
	return { passes: !checks.some(excludes), unknown: checks.filter(lacksValue) };
}
