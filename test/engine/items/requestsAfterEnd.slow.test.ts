import type { INode, INodePropertyOptions, INodeType } from 'n8n-workflow';
import { setTimeout as wait } from 'node:timers/promises';

import { loadPackage } from '../../support/engine';
import { byId } from '../../support/locator';
import { LATENCY_MS, openWithManyRecords } from '../../support/manyRecords';

/** Parameters that most operations need. */
const COMMON_PARAMETERS = {
	conversationId: byId('={{ $json.conversation }}'),
	contactId: byId('={{ $json.contact }}'),
	channelId: byId('={{ $json.channel }}'),
	phone: '={{ $json.phone }}',
	name: '={{ $json.phone }}',
	messageType: 'template',
	templateId: 'tmpl_follow_up',
	templateVariables: { variable: [{ name: 'customer_name', value: 'Ani' }] },
	returnAll: true,
};

/** The other parameters of each operation. */
const OPERATIONS: Record<string, INode['parameters']> = {
	'message list': {},
	'message send': {},
	'message sendToPhone': {},
	'conversation list': {},
	'conversation get': {},
	'conversation create': { additionalFields: { firstMessage: 'Halo' } },
	'conversation update': { updateFields: { status: 'resolved' } },
	'contact list': {},
	'contact get': {},
	'contact create': {},
	'contact update': {
		updateFields: { customAttributes: { attribute: [{ name: 'kota', value: 'Bandung' }] } },
	},
	'contact upsert': { matchBy: 'phone' },
};

/** Accepts only one item. */
const SINGLE_ITEM_OPERATION = 'message sendAndWait';

it('This file tests every operation', async () => {
	const { description } = (await loadPackage()).getNode('sahut').type as INodeType;
	const offered = description.properties
		.filter(({ name }) => name === 'operation')
		.flatMap(({ displayOptions, options = [] }) =>
			options.map((option) => {
				const { value } = option as INodePropertyOptions;
				return `${String(displayOptions?.show?.resource?.[0])} ${String(value)}`;
			}),
		);
	expect([...Object.keys(OPERATIONS), SINGLE_ITEM_OPERATION].sort()).toEqual(offered.sort());
});

describe.each(['stopWorkflow', 'continueRegularOutput'] as const)('With On Error %s', (onError) => {
	it.each(
		Object.entries(OPERATIONS).flatMap(([name, parameters]) =>
			[2, 8].map((skip) => [name, skip, parameters] as const),
		),
	)(
		'%s makes no request after its end if Sahut rejects all but %i requests',
		async (name, skip, parameters) => {
			const { sandbox, rows, run } = await openWithManyRecords();
			const [resource, operation] = name.split(' ');
			sandbox.faults.add({ kind: 'status', status: 403, skip, times: Infinity });

			const allParameters = { resource, operation, ...COMMON_PARAMETERS, ...parameters };
			await run(allParameters as INode['parameters'], rows, { onError });

			const atTheEnd = sandbox.journal.entries.length;
			expect(sandbox.journal.entries.filter(({ endedAt }) => endedAt === undefined)).toEqual([]);
			// On Stop, only the requests in flight follow the first rejection.
			if (onError === 'stopWorkflow') expect(atTheEnd).toBeLessThanOrEqual(skip + 25);
			await wait(4 * LATENCY_MS);
			expect(sandbox.journal.entries).toHaveLength(atTheEnd);
		},
	);
});
