import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** CPU time of this machine since it started, in ticks of the kernel. */
interface CpuTime {
	/** Of all cores, idle or not. */
	all: number;
	/** Of all processes, and what the host of a virtual machine gave to others. */
	taken: number;
	/** Of this process and all that it has started. */
	own: number;
}

interface ProcessTime {
	pid: number;
	parent: number;
	/** Its own, and of its children that have ended. */
	ticks: number;
}

function readProcess(pid: number): ProcessTime | undefined {
	try {
		// The name stands in brackets, and may hold spaces and brackets itself.
		const [, rest = ''] = /^.*\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
		const fields = rest.split(' ').map(Number);
		const [user = 0, system = 0, usersChildren = 0, systemsChildren = 0] = fields.slice(11, 15);
		return { pid, parent: fields[1]!, ticks: user + system + usersChildren + systemsChildren };
	} catch {
		// It has just ended.
		return undefined;
	}
}

function ownTicks(): number {
	const processes = readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.flatMap((name) => readProcess(Number(name)) ?? []);
	const ticksOf = (pid: number): number =>
		processes
			.filter(({ parent }) => parent === pid)
			.reduce(
				(sum, child) => sum + ticksOf(child.pid),
				processes.find((each) => each.pid === pid)?.ticks ?? 0,
			);
	return ticksOf(process.pid);
}

/** Nothing where the kernel does not tell. */
function readCpuTime(): CpuTime | undefined {
	if (!existsSync('/proc/stat')) return undefined;
	const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
	// user nice system idle iowait irq softirq steal; what follows is part of the first two.
	const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
	const [user = 0, nice = 0, system = 0] = ticks;
	const stolen = ticks[7] ?? 0;
	return {
		all: ticks.reduce((sum, value) => sum + value, 0),
		taken: user + nice + system + stolen,
		own: ownTicks(),
	};
}

/**
 * Begins to look how busy others keep the machine.
 * @returns what share of its CPU others have taken since; nothing where that cannot be known
 */
export function watchOthers(): () => number | undefined {
	const before = readCpuTime();
	return () => {
		const after = readCpuTime();
		if (!before || !after || after.all === before.all) return undefined;
		const others = after.taken - before.taken - (after.own - before.own);
		return Math.max(0, others) / (after.all - before.all);
	};
}
