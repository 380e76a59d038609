import type { Message } from './records';
import type { Store } from './store';

const SHOWN_MESSAGES = 50;
const REFRESH_SECONDS = 5;

const escapeHtml = (text: string) =>
	text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** Escapes a text, and makes its web addresses links. */
const withLinks = (text: string) =>
	text
		.split(/(https?:\/\/\S+)/)
		.map((part, index) => {
			const html = escapeHtml(part);
			return index % 2 === 0
				? html
				: `<a href="${html}" target="_blank" rel="noreferrer">${html}</a>`;
		})
		.join('');

const kindOf = ({ type, private: isNote }: Message) => (isNote ? 'note' : type);

/** Returns a page with the newest messages and notes of all conversations, the newest first. */
export function renderInbox(store: Store): string {
	const rows = [...store.conversations.values()]
		.flatMap(({ id, contact }) =>
			store.messages(id).map((message) => ({ message, name: contact.name })),
		)
		.reverse()
		.sort((a, b) => b.message.created_at.localeCompare(a.message.created_at))
		.slice(0, SHOWN_MESSAGES)
		.map(({ message, name }) => {
			const cells = [message.created_at, name, kindOf(message)].map(
				(cell) => `<td>${escapeHtml(cell)}</td>`,
			);
			return `<tr>${cells.join('')}<td class="text">${withLinks(message.content)}</td></tr>`;
		});
	return `<!doctype html>
<meta charset="utf-8">
<meta http-equiv="refresh" content="${REFRESH_SECONDS}">
<meta name="color-scheme" content="light dark">
<title>Sandbox inbox</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 24px; }
td { vertical-align: top; padding: 6px 12px 6px 0; border-bottom: 1px solid #8884; white-space: nowrap; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; }
</style>
<h1>Sandbox inbox</h1>
<table>${rows.join('')}</table>
`;
}
