import { optionsOf } from '../fieldTypes';

/** The types of a message (API reference, "Messages"). */
export const messageTypeOptions = optionsOf({
	activity: ['Activity', 'A change to the conversation, such as a new assignee'],
	incoming: ['Incoming', 'From the customer'],
	outgoing: ['Outgoing', 'From an agent or a bot'],
});

/** The types of the sender of a message (API reference, "Messages"). */
export const senderTypeOptions = optionsOf({ agent: 'Agent', bot: 'Bot', contact: 'Contact' });
