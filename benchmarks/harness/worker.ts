import { fork } from 'node:child_process';

// The type Worker checks the arguments.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Commands = Record<string, (...args: any[]) => unknown>;

interface Call {
	id: number;
	name: string;
	args: unknown[];
}

type Reply = { id: number; result: unknown } | { id: number; error: string };

/**
 * A child process, so that its CPU time counts neither for this process nor for n8n. Its commands are
 * methods. They throw the error of the command, or an error when the process has exited.
 */
export type Worker<Available extends Commands> = {
	[Name in keyof Available]: (
		...args: Parameters<Available[Name]>
	) => Promise<Awaited<ReturnType<Available[Name]>>>;
} & { close(): void };

/** Starts a worker. @param file a module that calls {@link serveCommands} */
export function startWorker<Available extends Commands>(file: string): Worker<Available> {
	const child = fork(file, { execArgv: ['--import', 'tsx'] });
	const waiting = new Map<number, (reply: Reply) => void>();
	let calls = 0;
	child.on('message', (reply: Reply) => waiting.get(reply.id)?.(reply));
	child.once('exit', (code) => {
		for (const [id, settle] of waiting) settle({ id, error: `${file} has exited (${code})` });
	});
	const call = async (name: string, args: unknown[]) => {
		const call: Call = { id: calls++, name, args };
		const reply = await new Promise<Reply>((resolve) => {
			waiting.set(call.id, resolve);
			child.send(call);
		});
		waiting.delete(call.id);
		if ('error' in reply) throw new Error(reply.error);
		return reply.result;
	};
	const close = () => child.disconnect();
	return new Proxy({} as Worker<Available>, {
		get: (_, name: string) =>
			name === 'close' ? close : async (...args: unknown[]) => await call(name, args),
	});
}

/** Executes the commands of the parent process. Exits when the parent disconnects. */
export function serveCommands(commands: Commands): void {
	const execute = async ({ id, name, args }: Call): Promise<Reply> => {
		try {
			return { id, result: await commands[name]!(...args) };
		} catch (error) {
			return { id, error: String(error) };
		}
	};
	process.on('message', (call: Call) => {
		void execute(call).then((reply) => process.send?.(reply));
	});
	process.on('disconnect', () => process.exit());
}
