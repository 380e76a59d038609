import type { InstalledN8n } from './install';
import { findFreePort } from './ports';

/** The variables that n8n inherits from this process. None of them changes its behavior. */
const INHERITED_VARIABLES = [
	'HOME',
	'LANG',
	'LC_ALL',
	'NODE_EXTRA_CA_CERTS',
	'TMPDIR',
	'TZ',
	'USER',
];

/** Settings of a local n8n that makes as few requests to the internet as possible. */
const SETTINGS = {
	N8N_LISTEN_ADDRESS: '127.0.0.1',
	// Browsers drop secure cookies over plain HTTP.
	N8N_SECURE_COOKIE: 'false',
	// `n8n execute` prints its output at this level, and the server its ready line.
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

/**
 * Builds the environment of an n8n process.
 * @param options.env additional settings; they override the defaults
 */
export async function buildN8nEnvironment(
	{ path }: InstalledN8n,
	{ userFolder, env }: { userFolder: string; env?: Record<string, string> },
): Promise<Record<string, string>> {
	const machine = INHERITED_VARIABLES.flatMap((name) => {
		const value = process.env[name];
		return value === undefined ? [] : [[name, value] as const];
	});
	return {
		...Object.fromEntries(machine),
		...SETTINGS,
		PATH: path,
		N8N_USER_FOLDER: userFolder,
		// The port for its task runners. A free one for each process, so that several n8n can run.
		N8N_RUNNERS_BROKER_PORT: String(await findFreePort()),
		...env,
	};
}
