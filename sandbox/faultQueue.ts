/** How often something goes wrong. */
export interface Occurrences {
	/** How many matching ones to let through first. Default 0. */
	skip?: number;
	/** How many matching ones to hit; Infinity is allowed. Default 1. */
	times?: number;
}

export interface FaultList<Fault> {
	/** Adds one behind those there are. */
	add(fault: Fault): void;
	/** Drops all that are left. */
	clear(): void;
	/** How many hits are still to come, of all faults together. */
	remaining(): number;
}

interface PendingFault<Fault> {
	fault: Fault;
	skipsLeft: number;
	timesLeft: number;
}

/**
 * Faults that wait for a subject (a request, a delivery). The first in the order they were added hits;
 * one that still lets subjects through (`skip`) counts this one and leaves it to those after it.
 */
export class FaultQueue<Fault extends Occurrences, Subject> implements FaultList<Fault> {
	private pending: PendingFault<Fault>[] = [];

	constructor(private readonly matches: (fault: Fault, subject: Subject) => boolean) {}

	add(fault: Fault): void {
		this.pending.push({ fault, skipsLeft: fault.skip ?? 0, timesLeft: fault.times ?? 1 });
	}

	clear(): void {
		this.pending = [];
	}

	remaining(): number {
		return this.pending.reduce((sum, { timesLeft }) => sum + timesLeft, 0);
	}

	/** The fault that hits this subject, counted down; undefined when it is let through. */
	take(subject: Subject): Fault | undefined {
		for (const entry of this.pending) {
			if (!this.matches(entry.fault, subject)) continue;
			if (entry.skipsLeft > 0) {
				entry.skipsLeft--;
				continue;
			}
			entry.timesLeft--;
			if (entry.timesLeft <= 0) this.pending = this.pending.filter((other) => other !== entry);
			return entry.fault;
		}
		return undefined;
	}
}
