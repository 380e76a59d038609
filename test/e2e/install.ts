import { installN8n } from '../../scripts/n8n';

/** Before all tests: what takes minutes on a new machine, with its progress to be seen. */
export default async function install(): Promise<void> {
	await installN8n();
}
