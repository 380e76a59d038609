import type { IDataObject } from 'n8n-workflow';

import { allSentTexts, conversationsOf, toPhone, type Workspace } from '../../../support/workspace';
import { CONVERSATIONS, openLargeWorkspace, phoneOf } from './largeWorkspace';

const ROWS = 600;

const rowsFrom = (first: number, count: number) =>
	Array.from({ length: count }, (_, index) => ({
		phone: phoneOf(first + index),
		name: `Pelanggan ${first + index}`,
	}));

/** Sends to each row. @returns the requests per message */
async function send(workspace: Workspace, rows: IDataObject[], fields: IDataObject = {}) {
	workspace.sandbox.journal.clear();
	const { output } = await workspace.run(toPhone(workspace, fields as never), rows);
	expect(output('Sahut')).toHaveLength(rows.length);
	expect(output('Sahut').filter(({ json }) => json.error)).toEqual([]);
	return workspace.requests().length / rows.length;
}

it('x', async () => {
	const workspace = await openLargeWorkspace();
	console.log(await send(workspace, rowsFrom(0, ROWS)));
	const counts: Record<string, number> = {};
	for (const r of workspace.requests()) {
		const k = r.replace(/(conv|ct)_\w+/, 'ID');
		counts[k] = (counts[k] ?? 0) + 1;
	}
	console.log(counts);
	expect(allSentTexts(workspace)).toHaveLength(ROWS);
	expect(conversationsOf(workspace)).toHaveLength(CONVERSATIONS);
});
