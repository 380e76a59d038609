import { parseArgs } from 'node:util';
import { parseDeviations } from './deviations';
import { startSandbox, type Sandbox } from './index';
import { parsePort } from './port';

const DEFAULT_PORT = 8787;
/** As many as the example workflow has customers. */
const SHOWN_CONVERSATIONS = 6;

/** `text` is from `--time-scale`. */
function chosenTimeScale(text = '1'): number {
	const timeScale = Number(text);
	if (!(timeScale > 0 && Number.isFinite(timeScale))) {
		throw new Error(`The time scale must be a number above 0, such as 0.01, not "${text}".`);
	}
	return timeScale;
}

function introduction({ url, apiKey, store }: Sandbox): string {
	const onWhatsapp = [...store.conversations.values()].filter(
		({ channel }) => channel.type === 'whatsapp',
	);
	const shown = onWhatsapp.slice(-SHOWN_CONVERSATIONS).reverse();
	const auth = `-H 'Authorization: Bearer ${apiKey}'`;
	return [
		'The Sahut sandbox is running. Ctrl-C ends it, and all it has stored is gone.',
		'',
		`  Base URL   ${url}`,
		`  API key    ${apiKey}`,
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

function portIsTaken(error: unknown): boolean {
	return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			port: { type: 'string' },
			'time-scale': { type: 'string' },
			deviate: { type: 'string' },
		},
	});
	const port = parsePort(values.port ?? process.env['PORT'] ?? String(DEFAULT_PORT));
	const timeScale = chosenTimeScale(values['time-scale']);
	const deviations = parseDeviations(values.deviate);
	const options = { port, webhooks: { timeScale }, deviations };
	const sandbox = await startSandbox(options).catch((error: unknown) => {
		if (!portIsTaken(error)) throw error;
		throw new Error(`Port ${port} is taken. Choose another: npm run sandbox -- --port ${port + 1}`);
	});
	console.log(introduction(sandbox));
	process.once('SIGINT', () => void sandbox.close());
	process.once('SIGTERM', () => void sandbox.close());
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
