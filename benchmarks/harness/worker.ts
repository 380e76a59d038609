import { fork } from 'node:child_process';

/** What a process does when it is told: each with one argument at most. */
type Does = (argument: never) => unknown;

interface Call {
	id: number;
	name: string;
	argument?: unknown;
}

type Reply = { id: number; result: unknown } | { id: number; error: string };

/** A process of its own, whose CPU time is not that of this process, nor of n8n. */
export interface Worker<Commands> {
	/** @throws {Error} what the command has thrown, or that the process has ended. */
	tell<Name extends keyof Commands & string>(
		name: Name,
		argument?: Commands[Name] extends (argument: infer Argument) => unknown ? Argument : never,
	): Promise<Commands[Name] extends Does ? Awaited<ReturnType<Commands[Name]>> : never>;
	close(): void;
}

/** @param file one that calls {@link obey} */
export function startWorker<Commands>(file: string): Worker<Commands> {
	const child = fork(file, { execArgv: ['--import', 'tsx'] });
	const waiting = new Map<number, (reply: Reply) => void>();
	let calls = 0;
	child.on('message', (reply: Reply) => waiting.get(reply.id)?.(reply));
	child.once('exit', (code) => {
		for (const [id, settle] of waiting) settle({ id, error: `${file} has ended (${code})` });
	});
	return {
		async tell(name, argument) {
			const call: Call = { id: calls++, name, argument };
			const reply = await new Promise<Reply>((resolve) => {
				waiting.set(call.id, resolve);
				child.send(call);
			});
			waiting.delete(call.id);
			if ('error' in reply) throw new Error(reply.error);
			return reply.result as never;
		},
		close: () => child.disconnect(),
	};
}

/** Does what the parent of this process tells it, and ends with it. */
export function obey(commands: Record<string, Does>): void {
	const answer = async ({ id, name, argument }: Call): Promise<Reply> => {
		try {
			return { id, result: await commands[name]!(argument as never) };
		} catch (error) {
			return { id, error: String(error) };
		}
	};
	process.on('message', (call: Call) => {
		void answer(call).then((reply) => process.send?.(reply));
	});
	process.on('disconnect', () => process.exit());
}
