import { ALL_INTERFACES, type Sandbox } from './index';

/** The number of listed conversations: as many as the example workflow has customers. */
const SHOWN_CONVERSATIONS = 6;

/** Returns the URL for Docker containers and a warning, if the sandbox listens on all interfaces. */
function networkAccessLines(url: string, host: string): string[] {
	if (host !== ALL_INTERFACES) return [];
	return [
		`             ${url.replace('127.0.0.1', 'host.docker.internal')} from a container in Docker`,
		'',
		'  Warning: other computers in your network can reach it too.',
	];
}

/** Returns the message that `npm run sandbox` prints. @param host the address it listens on */
export function startMessage({ url, apiKey, store }: Sandbox, host: string): string {
	const onWhatsapp = [...store.conversations.values()].filter(
		({ channel }) => channel.type === 'whatsapp',
	);
	const shown = onWhatsapp.slice(-SHOWN_CONVERSATIONS).reverse();
	const auth = `-H 'Authorization: Bearer ${apiKey}'`;
	return [
		'The Sahut sandbox is running. Ctrl-C stops it and deletes its data.',
		'',
		`  API key    ${apiKey}`,
		`  Base URL   ${url}`,
		...networkAccessLines(url, host),
		'',
		'Channels:',
		...[...store.channels.values()].map(({ id, name }) => `  ${id.padEnd(20)} ${name}`),
		'',
		'Conversations on WhatsApp:',
		...shown.map(({ id, contact }) => `  ${id.padEnd(20)} ${contact.name}`),
		'',
		'Templates:',
		...[...store.templates.values()].map(({ id, body }) => `  ${id.padEnd(20)} ${body}`),
		'',
		'List conversations:',
		`  curl ${auth} '${url}/conversations?per_page=2'`,
		'',
		'Send a template:',
		`  curl ${auth} -H 'Content-Type: application/json' \\`,
		`    -d '{"template_id": "tmpl_follow_up", "template_variables": {"customer_name": "Budi"}}' \\`,
		`    ${url}/conversations/${shown[0]?.id}/messages`,
		'',
		'Simulate a message from a customer, which triggers the webhooks:',
		`  curl -H 'Content-Type: application/json' -d '{"phone": "${shown[0]?.contact.phone}", "content": "Halo"}' \\`,
		`    ${new URL('/sandbox/incoming', url).href}`,
	].join('\n');
}
