import { fork } from 'node:child_process';

// What is given is what the type of a worker has checked.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Commands = Record<string, (...given: any[]) => unknown>;

interface Call {
	id: number;
	name: string;
	given: unknown[];
}

type Reply = { id: number; result: unknown } | { id: number; error: string };

/**
 * A process of its own, whose CPU time is not that of this process, nor of n8n. Its commands are
 * methods, which throw what the command has thrown, or that the process has ended.
 */
export type Worker<Does extends Commands> = {
	[Name in keyof Does]: (
		...given: Parameters<Does[Name]>
	) => Promise<Awaited<ReturnType<Does[Name]>>>;
} & { close(): void };

/** @param file one that calls {@link obey} */
export function startWorker<Does extends Commands>(file: string): Worker<Does> {
	const child = fork(file, { execArgv: ['--import', 'tsx'] });
	const waiting = new Map<number, (reply: Reply) => void>();
	let calls = 0;
	child.on('message', (reply: Reply) => waiting.get(reply.id)?.(reply));
	child.once('exit', (code) => {
		for (const [id, settle] of waiting) settle({ id, error: `${file} has ended (${code})` });
	});
	const tell = async (name: string, given: unknown[]) => {
		const call: Call = { id: calls++, name, given };
		const reply = await new Promise<Reply>((resolve) => {
			waiting.set(call.id, resolve);
			child.send(call);
		});
		waiting.delete(call.id);
		if ('error' in reply) throw new Error(reply.error);
		return reply.result;
	};
	const close = () => child.disconnect();
	return new Proxy({} as Worker<Does>, {
		get: (_, name: string) =>
			name === 'close' ? close : async (...given: unknown[]) => await tell(name, given),
	});
}

/** Does what the parent of this process tells it, and ends with it. */
export function obey(commands: Commands): void {
	const answer = async ({ id, name, given }: Call): Promise<Reply> => {
		try {
			return { id, result: await commands[name]!(...given) };
		} catch (error) {
			return { id, error: String(error) };
		}
	};
	process.on('message', (call: Call) => {
		void answer(call).then((reply) => process.send?.(reply));
	});
	process.on('disconnect', () => process.exit());
}
