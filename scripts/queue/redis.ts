import { findFreePort, startService, type Service } from '../n8n';
import { findProgram } from './systemPrograms';

/**
 * Starts an in-memory Redis on a free port of 127.0.0.1.
 * @returns the process, and the settings with which n8n connects to it
 */
export async function startRedis(
	folder: string,
	logFile: string,
): Promise<{ service: Service; settings: Record<string, string> }> {
	const port = String(await findFreePort());
	const service = await startService({
		name: 'Redis',
		command: findProgram('redis-server'),
		args: ['--bind', '127.0.0.1', '--port', port, '--save', '', '--appendonly', 'no'],
		cwd: folder,
		env: () => ({}),
		logFile,
		isReady: (printed) => printed.includes('Ready to accept connections'),
	});
	return {
		service,
		settings: { QUEUE_BULL_REDIS_HOST: '127.0.0.1', QUEUE_BULL_REDIS_PORT: port },
	};
}
