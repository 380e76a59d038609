import type { InstalledN8n } from './install';
import { freePort } from './ports';

/** What n8n gets of this process's environment: nothing that would change how it behaves. */
const PASSED_ON = ['HOME', 'LANG', 'LC_ALL', 'NODE_EXTRA_CA_CERTS', 'TMPDIR', 'TZ', 'USER'];

/** An n8n for one machine, which leaves the internet alone as far as it can be told to. */
const SETTINGS = {
	N8N_LISTEN_ADDRESS: '127.0.0.1',
	// Over plain HTTP, browsers drop cookies that are meant for HTTPS.
	N8N_SECURE_COOKIE: 'false',
	// What `n8n execute` puts out, and the line that tells that it is ready.
	N8N_LOG_LEVEL: 'info',
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_DYNAMIC_BANNERS_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
};

/** The environment of a process of n8n, with more settings, which go before those above. */
export async function n8nEnvironment(
	{ path }: InstalledN8n,
	{ userFolder, env }: { userFolder: string; env?: Record<string, string> },
): Promise<Record<string, string>> {
	const machine = PASSED_ON.flatMap((name) => {
		const value = process.env[name];
		return value === undefined ? [] : [[name, value] as const];
	});
	return {
		...Object.fromEntries(machine),
		...SETTINGS,
		PATH: path,
		N8N_USER_FOLDER: userFolder,
		// Where its task runners find it: of the process alone, so that several n8n can run.
		N8N_RUNNERS_BROKER_PORT: String(await freePort()),
		...env,
	};
}
