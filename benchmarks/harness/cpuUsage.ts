import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Reads the parent and the CPU ticks of a process, including those of ended children. */
function readProcess(pid: number): { pid: number; parent: number; ticks: number } | undefined {
	try {
		// The name is in parentheses, and may itself contain spaces and parentheses.
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
		const fields = stat
			.slice(stat.lastIndexOf(')') + 2)
			.split(' ')
			.map(Number);
		return { pid, parent: fields[1]!, ticks: sum(fields.slice(11, 15)) };
	} catch {
		// The process has just ended.
		return undefined;
	}
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

/** Returns the CPU ticks of this process and its descendants. */
function ownTicks(): number {
	const processes = readdirSync('/proc').flatMap((name) => readProcess(Number(name)) ?? []);
	const ticksOf = (pid: number): number =>
		sum(processes.filter((each) => each.pid === pid).map(({ ticks }) => ticks)) +
		sum(processes.filter(({ parent }) => parent === pid).map((child) => ticksOf(child.pid)));
	return ticksOf(process.pid);
}

/** Reads the CPU ticks since boot: all, and those of other processes. Undefined without `/proc`. */
function readCpuTime(): { all: number; others: number } | undefined {
	if (!existsSync('/proc/stat')) return undefined;
	const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
	// user nice system idle iowait irq softirq steal; user and nice include the later fields.
	const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
	const [user = 0, nice = 0, system = 0] = ticks;
	return { all: sum(ticks), others: user + nice + system + (ticks[7] ?? 0) - ownTicks() };
}

/**
 * Starts to measure the CPU usage of other processes.
 * @returns a function that returns their share since then, from 0 to 1; undefined if it is unknown
 */
export function measureOtherLoad(): () => number | undefined {
	const before = readCpuTime();
	return () => {
		const after = readCpuTime();
		if (!before || !after || after.all === before.all) return undefined;
		return Math.max(0, after.others - before.others) / (after.all - before.all);
	};
}
