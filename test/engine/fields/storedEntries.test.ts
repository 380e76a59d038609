import type { INode } from 'n8n-workflow';

import { openWithRecords, validParameters } from './fieldTable';

type Parameters = INode['parameters'];

/** Runs an operation with further stored parameters. @returns the error, and each request */
async function runWith(operation: string, stored: Parameters) {
	const { ids, run, sandbox } = await openWithRecords();
	const { error } = await run({ ...validParameters(operation), ...stored }, [ids]);
	return {
		error,
		requests: sandbox.journal.entries.map(({ method, body }) => ({ method, body })),
	};
}

describe('A stored value has no effect if the operation does not show its field', () => {
	it.each<[operation: string, title: string, stored: Parameters]>([
		['contact.list', 'a number', { options: { requestsPerMinute: 0.5 } }],
		['contact.update', 'an invalid number', { options: { requestsPerMinute: 'x' } }],
		['contact.get', 'an invalid expression', { options: { concurrency: '={{ $("Old").x }}' } }],
		['contact.upsert', 'a field of Update', { additionalFields: { name: 'Budi' } }],
		['contact.upsert', 'a second phone number', { additionalFields: { phone: 'belum ada' } }],
		[
			'contact.upsert',
			'a second email address',
			{ matchBy: 'email', additionalFields: { email: 'belum ada' } },
		],
	])('%s: %s', async (operation, _, stored) => {
		const { matchBy = 'phone' } = stored;
		const without = await runWith(operation, { matchBy });

		const { error, requests } = await runWith(operation, stored);

		expect(error).toBeUndefined();
		expect(requests).toEqual(without.requests);
		expect(requests).not.toEqual([]);
	});
});

describe('A collection that is stored as another value', () => {
	it.each<[stored: Parameters, message: string]>([
		[{ options: [{ dryRun: true }] }, 'Options must be an object, but is [{"dryRun":true}]'],
		[
			{ options: '{ "dryRun": true }' },
			'Options must be an object, but is "{ \\"dryRun\\": true }"',
		],
		[{ options: true }, 'Options must be an object, but is true'],
		[
			{ messageType: 'template', templateVariables: [{ name: 'nama', value: 'Budi' }] },
			'Template Variables must be an object, but is [{"name":"nama","value":"Budi"}]',
		],
	])('is rejected: %j', async (stored, message) => {
		const { error, requests } = await runWith('message.send', stored);

		expect(error?.message).toContain(message);
		expect(requests).toEqual([]);
	});

	it.each<[Parameters]>([[{ options: [] }], [{ options: null as never }], [{ options: '' }]])(
		'counts as empty: %j',
		async (stored) => {
			const { error, requests } = await runWith('message.send', { messageType: 'text', ...stored });

			expect(error).toBeUndefined();
			expect(requests).toEqual([{ method: 'POST', body: { content: 'Halo' } }]);
		},
	);
});
