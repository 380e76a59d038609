import type { Sandbox } from '../../sandbox';
import { throwAwayLogin, type RunningN8n } from '../n8n';
import { CREDENTIAL_NAME } from '../n8n/parts';
import { freshConversation } from '../readyExamples';

/** What people need to know to begin. */
export function introduction(n8n: RunningN8n, sandbox: Sandbox, workflows: string[]): string {
	const { email, password } = throwAwayLogin(n8n.userFolder);
	const { id, contact } = freshConversation(sandbox.store);
	const incoming = new URL('/sandbox/incoming', sandbox.url).href;
	return [
		'',
		'n8n is running with this package, and a sandbox of Sahut beside it.',
		'',
		`  n8n         http://localhost:${n8n.port}`,
		`  Email       ${email}`,
		`  Password    ${password}`,
		`  Workflows   ${workflows.join(', ')}`,
		'',
		`  Sandbox     ${sandbox.url}`,
		`  API key     ${sandbox.apiKey}   (in the credential "${CREDENTIAL_NAME}")`,
		'',
		`Have a customer write (${contact.name}):`,
		`  curl -H 'Content-Type: application/json' ${incoming} \\`,
		`    -d '{"conversation_id": "${id}", "content": "Halo, apakah barangnya masih ada?"}'`,
		'',
		'Ctrl-C stops both. The sandbox forgets everything then; n8n keeps its workflows, in',
		`  ${n8n.userFolder} (with its log, n8n.log).`,
		'To begin without them: npm start -- --fresh',
	].join('\n');
}
