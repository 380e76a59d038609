import { EVERYWHERE, type Sandbox } from './index';

/** As many as the example workflow has customers. */
const SHOWN_CONVERSATIONS = 6;

/** For n8n in a container of Docker, and for whom it may concern. */
function farIntroduction(url: string, host: string): string[] {
	if (host !== EVERYWHERE) return [];
	return [
		`             ${url.replace('127.0.0.1', 'host.docker.internal')} from a container of Docker`,
		'',
		'  It listens to all who reach this computer, in your network too.',
	];
}

/** What people need to know to begin. `host` is where it listens. */
export function introduction({ url, apiKey, store }: Sandbox, host: string): string {
	const onWhatsapp = [...store.conversations.values()].filter(
		({ channel }) => channel.type === 'whatsapp',
	);
	const shown = onWhatsapp.slice(-SHOWN_CONVERSATIONS).reverse();
	const auth = `-H 'Authorization: Bearer ${apiKey}'`;
	return [
		'The Sahut sandbox is running. Ctrl-C ends it, and all it has stored is gone.',
		'',
		`  API key    ${apiKey}`,
		`  Base URL   ${url}`,
		...farIntroduction(url, host),
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
		'Let a customer write, which goes to the webhooks:',
		`  curl -H 'Content-Type: application/json' -d '{"phone": "${shown[0]?.contact.phone}", "content": "Halo"}' \\`,
		`    ${new URL('/sandbox/incoming', url).href}`,
	].join('\n');
}
