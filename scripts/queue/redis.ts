import { freePort, startService, type Service } from '../n8n';
import { findProgram } from './debian';

/**
 * Starts a Redis on a free port of 127.0.0.1 that keeps everything in memory.
 * @returns it, and n8n's settings for it
 */
export async function startRedis(
	folder: string,
	logFile: string,
): Promise<{ service: Service; settings: Record<string, string> }> {
	const port = String(await freePort());
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
