import fc from 'fast-check';

import { createBoundedLanes } from '../../../nodes/Sahut/runtime/boundedLanes';
import { createSlots } from '../../../nodes/Sahut/transport/slots';

const MAX_SLOTS = 3;
const TASKS = 20;

const nextTick = async () => await new Promise<void>((resolve) => setImmediate(resolve));

describe('slots', () => {
	it('run as many tasks at once as there are slots, and continue after a task that fails', async () => {
		const inSlot = createSlots(MAX_SLOTS);
		let running = 0;
		let maxRunning = 0;

		const results = await Promise.allSettled(
			Array.from(
				{ length: TASKS },
				async (_, index) =>
					await inSlot(async () => {
						maxRunning = Math.max(maxRunning, ++running);
						await nextTick();
						running -= 1;
						if (index % 4 === 0) throw new Error(`task ${index}`);
						return index;
					}),
			),
		);

		expect(maxRunning).toBe(MAX_SLOTS);
		expect(results.map(({ status }) => status)).toEqual(
			Array.from({ length: TASKS }, (_, index) => (index % 4 === 0 ? 'rejected' : 'fulfilled')),
		);
	});
});

describe('lanes', () => {
	it('run tasks of different lanes at once, up to the concurrency', async () => {
		const inLane = createBoundedLanes(MAX_SLOTS);
		let running = 0;
		let maxRunning = 0;

		await Promise.all(
			Array.from({ length: TASKS }, async (_, index) => {
				await inLane(`lane ${index}`, async () => {
					maxRunning = Math.max(maxRunning, ++running);
					await nextTick();
					running -= 1;
				});
			}),
		);

		expect(maxRunning).toBe(MAX_SLOTS);
	});

	it('run every task, in order and one at a time in its lane, and never exceed the concurrency', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.record({ lane: fc.constantFrom('a', 'b', 'c', 'd'), ticks: fc.nat(3) }), {
					maxLength: 30,
				}),
				fc.integer({ min: 1, max: 5 }),
				async (tasks, concurrency) => {
					const inLane = createBoundedLanes(concurrency);
					const startedByLane: Record<string, number[]> = {};
					const runningLanes = new Set<string>();
					const overlaps: number[] = [];
					let maxRunning = 0;

					const results = await Promise.all(
						tasks.map(
							async ({ lane, ticks }, index) =>
								await inLane(lane, async () => {
									if (runningLanes.has(lane)) overlaps.push(index);
									runningLanes.add(lane);
									maxRunning = Math.max(maxRunning, runningLanes.size);
									(startedByLane[lane] ??= []).push(index);
									for (let tick = 0; tick < ticks; tick++) await nextTick();
									runningLanes.delete(lane);
									return index;
								}),
						),
					);

					expect(results).toEqual(tasks.map((_, index) => index));
					expect(overlaps).toEqual([]);
					expect(maxRunning).toBeLessThanOrEqual(concurrency);
					for (const started of Object.values(startedByLane)) {
						expect(started).toEqual([...started].sort((a, b) => a - b));
					}
				},
			),
		);
	});
});
