import type { Sandbox } from '../../sandbox';
import type { CheckResult } from './runCheck';

/** Returns all texts of a workspace that identify a person, a record or the account. */
export function personalDataOf({ store, apiKey }: Sandbox): string[] {
	const contacts = [...store.contacts.values()];
	const conversations = [...store.conversations.values()];
	const messages = conversations.flatMap(({ id }) => store.messages(id));
	const people = [store.bot, ...store.agents.values(), ...store.channels.values()];
	const texts = [
		apiKey,
		'whsec_',
		...contacts.flatMap(({ id, name, email, phone, company, tags, custom_attributes }) => [
			...[id, name, email, phone, company, ...tags],
			...Object.entries(custom_attributes).flat(),
		]),
		...conversations.flatMap(({ id, labels }) => [id, ...labels]),
		...messages.flatMap(({ id, content, attachments }) => [
			...[id, content],
			...attachments.flatMap(({ url: file, file_name }) => [file, file_name]),
		]),
		...people.flatMap(({ id, name }) => [id, name]),
	];
	return [...new Set(texts.map((text) => String(text ?? '').trim()))].filter(Boolean);
}

/** Returns the texts that the report or the terminal output contains completely. */
export function textsShownIn({ report, printed }: CheckResult, texts: string[]): string[] {
	const shown = `${report}\n${printed}`.toLowerCase();
	return texts.filter((text) => shown.includes(text.toLowerCase()));
}
