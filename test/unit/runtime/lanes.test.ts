import fc from 'fast-check';

import { createLanes } from '../../../nodes/Sahut/runtime/lanes';
import { createSlots } from '../../../nodes/Sahut/transport/slots';

const settled = async () => await new Promise<void>((resolve) => setImmediate(resolve));

it('at most so many tasks run at once, and every one runs, also behind one that fails', async () => {
	const inSlot = createSlots(3);
	let running = 0;
	let most = 0;

	const results = await Promise.allSettled(
		Array.from(
			{ length: 20 },
			async (_, index) =>
				await inSlot(async () => {
					most = Math.max(most, ++running);
					await settled();
					running -= 1;
					if (index % 4 === 0) throw new Error(`task ${index}`);
					return index;
				}),
		),
	);

	expect(most).toBe(3);
	expect(results.map(({ status }) => status)).toEqual(
		results.map((_, index) => (index % 4 === 0 ? 'rejected' : 'fulfilled')),
	);
});

it('whatever the lanes and durations: order inside a lane, bounded, nothing lost', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(fc.record({ lane: fc.constantFrom('a', 'b', 'c', 'd'), ticks: fc.nat(3) }), {
				maxLength: 30,
			}),
			fc.integer({ min: 1, max: 5 }),
			async (tasks, concurrency) => {
				const inLane = createLanes(concurrency);
				const started: Record<string, number[]> = {};
				const running = new Set<string>();
				let most = 0;

				const results = await Promise.all(
					tasks.map(
						async ({ lane, ticks }, index) =>
							await inLane(lane, async () => {
								expect(running).not.toContain(lane);
								running.add(lane);
								most = Math.max(most, running.size);
								(started[lane] ??= []).push(index);
								for (let tick = 0; tick < ticks; tick++) await settled();
								running.delete(lane);
								return index;
							}),
					),
				);

				expect(results).toEqual(tasks.map((_, index) => index));
				expect(most).toBeLessThanOrEqual(concurrency);
				for (const order of Object.values(started)) {
					expect(order).toEqual([...order].sort((a, b) => a - b));
				}
			},
		),
	);
});
