import type { Sandbox } from '../../sandbox';
import type { Outcome } from './check';

/** All that a workspace holds and that belongs to somebody. */
export function belongings({ store, apiKey }: Sandbox): string[] {
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

/** Of these, what a report shows; words of a text by themselves do not count. */
export function shown({ json, screen }: Outcome, texts: string[]): string[] {
	const report = `${json}\n${screen}`.toLowerCase();
	return texts.filter((text) => report.includes(text.toLowerCase()));
}
