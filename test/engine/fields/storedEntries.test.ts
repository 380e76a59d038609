import type { INode } from 'n8n-workflow';

import { openWithRecords, validParameters } from './fieldTable';

type Parameters = INode['parameters'];

/** Runs an operation with further stored parameters; returns the error, and the method and body of each request. */
async function runWith(operation: string, stored: Parameters) {
	const { ids, run, sandbox } = await openWithRecords();
	const { error } = await run({ ...validParameters(operation), ...stored }, [ids]);
	return {
		error,
		requests: sandbox.journal.entries.map(({ method, body }) => ({ method, body })),
	};
}

describe('hidden stored entries have no effect', () => {
	it.each<[title: string, operation: string, stored: Parameters]>([
		['a rate of Message: Send', 'contact.list', { options: { requestsPerMinute: 0.5 } }],
		['a rate of Message: Send', 'contact.update', { options: { requestsPerMinute: 'x' } }],
		[
			'an option whose node is gone',
			'contact.get',
			{ options: { concurrency: '={{ $("Old").x }}' } },
		],
		['a name of Contact: Update', 'contact.upsert', { additionalFields: { name: 'Budi' } }],
		['the key in another field', 'contact.upsert', { additionalFields: { phone: 'belum ada' } }],
		[
			'the key in another field',
			'contact.upsert',
			{ matchBy: 'email', additionalFields: { email: 'belum ada' } },
		],
	])('%s, for %s', async (_, operation, stored) => {
		const { matchBy = 'phone' } = stored;
		const without = await runWith(operation, { matchBy });

		const { error, requests } = await runWith(operation, stored);

		expect(error).toBeUndefined();
		expect(requests).toHaveLength(without.requests.length);
	});
});

describe('a collection that is stored as another value', () => {
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
