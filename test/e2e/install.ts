import { installN8n, type N8nVersion } from '../../scripts/n8n';

/** Installs n8n before all tests. Prints its progress, since it takes minutes on a new machine. */
export default async function install(
	_: object,
	{ globals }: { globals: { N8N_VERSION?: N8nVersion } },
): Promise<void> {
	await installN8n(globals.N8N_VERSION);
}
