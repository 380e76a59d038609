import { freePort } from '../n8n';
import { findProgram } from './debian';
import { startService, type Service } from './service';

export interface Redis extends Service {
	readonly port: number;
}

/** Starts a Redis on a free port of 127.0.0.1 that keeps everything in memory. */
export async function startRedis(folder: string, logFile: string): Promise<Redis> {
	const port = await freePort();
	const service = await startService({
		name: 'Redis',
		command: findProgram('redis-server'),
		args: ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no'],
		cwd: folder,
		env: async () => await Promise.resolve({}),
		logFile,
		readyLine: 'Ready to accept connections',
	});
	return { ...service, port };
}
