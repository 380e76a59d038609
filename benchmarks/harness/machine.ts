import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Of `/proc/<pid>/stat`: the parent, and the ticks of CPU, those of children that have ended included. */
function readProcess(pid: number): { pid: number; parent: number; ticks: number } | undefined {
	try {
		// The name stands in brackets, and may hold spaces and brackets itself.
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
		const fields = stat
			.slice(stat.lastIndexOf(')') + 2)
			.split(' ')
			.map(Number);
		return { pid, parent: fields[1]!, ticks: sum(fields.slice(11, 15)) };
	} catch {
		// It has just ended.
		return undefined;
	}
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

/** Of this process and all that it has started. */
function ownTicks(): number {
	const processes = readdirSync('/proc').flatMap((name) => readProcess(Number(name)) ?? []);
	const ticksOf = (pid: number): number =>
		sum(processes.filter((each) => each.pid === pid).map(({ ticks }) => ticks)) +
		sum(processes.filter(({ parent }) => parent === pid).map((child) => ticksOf(child.pid)));
	return ticksOf(process.pid);
}

/** Ticks of CPU since the machine started; nothing where the kernel does not tell. */
function readCpuTime(): { all: number; others: number } | undefined {
	if (!existsSync('/proc/stat')) return undefined;
	const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
	// user nice system idle iowait irq softirq steal; what follows is part of the first two.
	const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
	const [user = 0, nice = 0, system = 0] = ticks;
	return { all: sum(ticks), others: user + nice + system + (ticks[7] ?? 0) - ownTicks() };
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
		return Math.max(0, after.others - before.others) / (after.all - before.all);
	};
}
