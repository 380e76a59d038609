import { setTimeout as wait } from 'node:timers/promises';

import { now, testClock } from '../support/testClock';

const HOUR_MS = 60 * 60_000;

describe('A wait that its test does not await', () => {
	it('may still run when the test ends', () => {
		void testClock.sleep(HOUR_MS / 60);
	});

	it('does not move the clock of the next test', async () => {
		await wait(100);

		expect(now() - Date.now()).toBeLessThan(1_000);
	});
});
