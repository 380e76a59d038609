import { setTimeout as wait } from 'node:timers/promises';

import { openServer } from '../../support/localServer';
import { LATENCY_MS, openWithManyRecords } from '../../support/manyRecords';
import { now, useRealWaits } from '../../support/testClock';
import { overrideTransport } from '../../support/transport';
import { openWorkspace, sendText } from '../../support/workspace';

it.each(['stopWorkflow', 'continueRegularOutput'] as const)(
	'Messages that Sahut rejects cause no request after the end, with On Error %s',
	async (onError) => {
		const { sandbox, rows, run } = await openWithManyRecords();
		sandbox.faults.add({ kind: 'status', status: 403, skip: 2, times: Infinity });

		await run({ ...sendText, content: 'Halo' }, rows, { onError });

		const atTheEnd = sandbox.journal.entries.length;
		expect(sandbox.journal.entries.filter(({ endedAt }) => endedAt === undefined)).toEqual([]);
		await wait(4 * LATENCY_MS);
		expect(sandbox.journal.entries).toHaveLength(atTheEnd);
	},
);

it('A list of which Sahut rejects a page requests no further pages', async () => {
	const { sandbox, rows, run } = await openWithManyRecords();
	sandbox.store.addMessages(rows[0]!.conversation, 29_000);
	const list = { ...sendText, operation: 'list', returnAll: true };
	sandbox.faults.add({ kind: 'status', status: 403, skip: 2 });

	await run(list, rows.slice(0, 1), { onError: 'continueRegularOutput' });
	await wait(4 * LATENCY_MS);

	// Ten requests at a time were in flight. The list has 300 pages.
	expect(sandbox.journal.entries.length).toBeLessThan(60);
});

it('A wait before a retry ends with the item', async () => {
	const { sandbox, rows, run } = await openWithManyRecords();
	const list = { ...sendText, operation: 'list', returnAll: true };
	sandbox.faults.add({ kind: 'status', status: 500, skip: 1, times: 2 });
	sandbox.faults.add({ kind: 'status', status: 403, skip: 1, times: Infinity });
	useRealWaits(5);
	overrideTransport({ random: () => 1 });

	await run(list, rows.slice(0, 1));

	const atTheEnd = sandbox.journal.entries.length;
	await wait(400);
	expect(sandbox.journal.entries).toHaveLength(atTheEnd);
});

it('Downloads of files stop after a failed download', async () => {
	const { sandbox, run } = await openWorkspace();
	let downloads = 0;
	const origin = await openServer((_, response) => {
		const status = downloads++ === 0 ? 410 : 200;
		setTimeout(() => response.writeHead(status).end('gambar'), LATENCY_MS);
	});
	const { id: conversation } = sandbox.store.addConversation();
	for (let index = 0; index < 100; index++) {
		const file = {
			url: `${origin}/${index}`,
			content_type: 'image/png',
			file_name: `${index}.png`,
		};
		sandbox.store.addIncoming(conversation, 'Berkas', new Date(now()), [file]);
	}
	const list = {
		...sendText,
		operation: 'list',
		returnAll: true,
		options: { downloadAttachments: true },
	};

	const { error } = await run(list, [{ conversation }]);

	const atTheEnd = downloads;
	expect(error?.message).toContain('could not be downloaded');
	expect(atTheEnd).toBeLessThanOrEqual(10 + 10);
	await wait(8 * LATENCY_MS);
	expect(downloads).toBe(atTheEnd);
});
