import { freePort, installN8n, type N8nOptions } from '../n8n';
import { n8nEnvironment } from '../n8n/environment';
import { startService, type Service } from './service';

export interface WebhookProcess extends Service {
	/** `http://127.0.0.1:PORT` */
	readonly url: string;
}

async function startProcess(
	name: string,
	args: string[],
	readyLine: string,
	{ version, userFolder, logFile, env }: N8nOptions,
): Promise<Service> {
	const installed = await installN8n(version);
	return await startService({
		name,
		command: installed.node,
		args: [installed.n8n, ...args],
		cwd: userFolder,
		env: async () =>
			n8nEnvironment(installed, {
				userFolder,
				brokerPort: await freePort(),
				...(env && { env }),
			}),
		logFile,
		readyLine,
	});
}

/** Starts `n8n worker`. @param concurrency how many executions it runs at once */
export async function startWorkerProcess(
	name: string,
	concurrency: number,
	n8n: N8nOptions,
): Promise<Service> {
	const args = ['worker', `--concurrency=${concurrency}`];
	return await startProcess(name, args, 'n8n worker is now ready', n8n);
}

/** Starts `n8n webhook`, which takes the calls of published workflows. */
export async function startWebhookProcess(
	name: string,
	port: number,
	n8n: N8nOptions,
): Promise<WebhookProcess> {
	const env = { ...n8n.env, N8N_PORT: String(port) };
	const readyLine = 'Webhook listener waiting for requests';
	const service = await startProcess(name, ['webhook'], readyLine, { ...n8n, env });
	return { ...service, url: `http://127.0.0.1:${port}` };
}
