import type { Sandbox } from '../../sandbox';
import { ensureOwnerLogin, type RunningN8n } from '../n8n';
import { CREDENTIAL_NAME } from '../n8n/workflowBuilder';
import { latestWhatsappConversation } from '../prepareExamples';

/** Returns the message that `npm start` prints when n8n is ready. */
export function startMessage(n8n: RunningN8n, sandbox: Sandbox, workflows: string[]): string {
	const { email, password } = ensureOwnerLogin(n8n.userFolder);
	const { id, contact } = latestWhatsappConversation(sandbox.store);
	const inbox = new URL('/sandbox/inbox', sandbox.url).href;
	const incoming = new URL('/sandbox/incoming', sandbox.url).href;
	return [
		'',
		'n8n is running with this package. A Sahut sandbox is running too.',
		'',
		`  n8n         http://localhost:${n8n.port}`,
		`  Email       ${email}`,
		`  Password    ${password}`,
		`  Workflows   ${workflows.join(', ')}`,
		'',
		`  Sandbox     ${sandbox.url}`,
		`  Inbox       ${inbox}   (the newest messages and notes)`,
		`  API key     ${sandbox.apiKey}   (in the credential "${CREDENTIAL_NAME}")`,
		'',
		`Simulate a message from a customer (${contact.name}):`,
		`  curl -H 'Content-Type: application/json' ${incoming} \\`,
		`    -d '{"conversation_id": "${id}", "content": "Halo, apakah barangnya masih ada?"}'`,
		'',
		'The AI examples use a scripted model, with prepared answers.',
		'Ctrl-C stops both. The sandbox then loses its data; n8n keeps its workflows and its log in',
		`  ${n8n.userFolder}`,
		'To start without old workflows: npm start -- --fresh',
	].join('\n');
}
