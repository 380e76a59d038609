import { loadPackage } from '../../support/engine';
import { measureRetainedBytes } from '../../support/retainedBytes';
import { openConversation, sendText } from '../../support/workspace';

const ROWS = 200_000;
/** The rows use more than twice as much; an execution without them uses less. */
const MAX_BYTES = 10_000_000;

/** Returns data that is not shared with the test. */
const createRows = () => Array.from({ length: ROWS }, (_, row) => ({ order: `order ${row}` }));

it('retains no data of the first execution of a process', async () => {
	const { run, conversation } = await openConversation();
	await loadPackage();

	const bytes = await measureRetainedBytes(async () => {
		await run(sendText, [{ conversation, text: 'Halo', rows: createRows() }]);
		return true;
	});

	expect(bytes).toBeLessThan(MAX_BYTES);
});
