import { installN8n, type N8nVersion } from '../../scripts/n8n';

/** Before all tests: what takes minutes on a new machine, with its progress to be seen. */
export default async function install(
	_: object,
	{ globals }: { globals: { N8N_VERSION?: N8nVersion } },
): Promise<void> {
	await installN8n(globals.N8N_VERSION);
}
