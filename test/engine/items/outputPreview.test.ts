import type { IDataObject, INode, INodePropertyOptions, INodeType } from 'n8n-workflow';

import { loadPackage, loadOutputPreview } from '../../support/engine';
import { openWorkspace } from '../../support/workspace';

interface Schema {
	type: string;
	properties?: Record<string, Schema>;
	items?: Schema;
}

/** Describes the differences between a value and its schema. Null and any map of values match. */
function differences(value: unknown, schema: Schema | undefined, at: string): string[] {
	if (schema === undefined) return [`${at} is not in the preview`];
	if (value === null) return [];
	const type = Array.isArray(value) ? 'array' : typeof value;
	if (type !== schema.type) return [`${at} is a ${type}, in the preview a ${schema.type}`];
	if (Array.isArray(value)) {
		return value.flatMap((each, index) => differences(each, schema.items, `${at}[${index}]`));
	}
	if (typeof value !== 'object' || Object.keys(schema.properties ?? {}).length === 0) return [];
	const missing = Object.keys(schema.properties ?? {}).filter((name) => !(name in value!));
	return [
		...missing.map((name) => `${at}.${name} is only in the preview`),
		...Object.entries(value!).flatMap(([name, each]) =>
			differences(each, schema.properties?.[name], `${at}.${name}`),
		),
	];
}

/** Opens a workspace with records whose fields all have values, and parameters for each operation. */
async function openShop() {
	const workspace = await openWorkspace();
	const { store } = workspace.sandbox;
	const [agent] = store.agents.values();
	const contact = store.addContact({
		name: 'Budi Santoso',
		phone: '+6281234567890',
		email: 'budi@example.com',
		company: 'Toko Makmur',
		tags: ['vip'],
		custom_attributes: { kota: 'Bandung' },
	});
	const { id, channel } = store.addConversation({ contact, assignee: agent, labels: ['lunas'] });
	store.addIncoming(id, 'Sudah saya bayar ya', undefined, [
		{ url: '/files/bukti.png', content_type: 'image/png', file_name: 'bukti.png' },
	]);
	const phone = contact.phone!;
	const additionalFields = { tags: ['vip'], email: 'budi@example.com', company: 'Toko Makmur' };
	const either = {
		messageType: 'textOrTemplate',
		content: 'Sudah kami terima',
		templateId: 'tmpl_follow_up',
		templateVariables: { variable: [{ name: 'customer_name', value: 'Budi' }] },
		options: { skipIfSentWithin: 1 },
	};
	const toPhone = { phone, channelId: channel.id, ...either };
	const twice = (each: INode['parameters']) => [each, each];
	/** Some operations need several runs to return all fields of the preview. */
	const parameters: Record<string, INode['parameters'] | Array<INode['parameters']>> = {
		'message.list': { conversationId: id },
		'message.send': [
			...twice({ conversationId: id, ...either }),
			{ conversationId: id, ...either, options: { skipContactTags: ['vip'] } },
		],
		'message.sendAndWait': { conversationId: id, message: 'Kirim?' },
		'message.sendToPhone': [
			...twice({ ...toPhone, content: 'Sampai jumpa' }),
			{ ...toPhone, options: { skipContactTags: ['vip'] } },
		],
		'conversation.list': {},
		'conversation.get': { conversationId: id },
		'conversation.create': {
			contactId: contact.id,
			channelId: channel.id,
			additionalFields: { assigneeId: agent!.id },
		},
		'conversation.update': { conversationId: id, updateFields: { status: 'open' } },
		'contact.list': {},
		'contact.get': { contactId: contact.id },
		'contact.create': { name: 'Budi', additionalFields: { ...additionalFields, phone } },
		'contact.update': { contactId: contact.id, updateFields: { name: 'Budi' } },
		'contact.upsert': { phone, name: 'Budi', additionalFields },
	};
	/** Runs the node with a request that Sahut refuses. */
	async function runRefused(given: INode['parameters']) {
		workspace.sandbox.faults.add({ kind: 'status', status: 403 });
		return await workspace.run(given, [{}], { onError: 'continueRegularOutput' });
	}
	return { ...workspace, parameters, runRefused };
}

/** Returns the operations of the node. */
async function listOperations(): Promise<Array<{ resource: string; operation: string }>> {
	const { type } = (await loadPackage()).getNode('sahut');
	return (type as INodeType).description.properties
		.filter(({ name }) => name === 'operation')
		.flatMap(({ displayOptions, options }) =>
			(options as INodePropertyOptions[]).map(({ value }) => ({
				resource: String(displayOptions!.show!.resource![0]),
				operation: String(value),
			})),
		);
}

it('n8n finds an output preview for every operation, and it matches the output', async () => {
	const { run, runRefused, parameters } = await openShop();
	const operations = await listOperations();

	expect(operations).not.toEqual([]);
	for (const { resource, operation } of operations) {
		const name = `${resource}.${operation}`;
		const schema = loadOutputPreview(resource, operation) as unknown as Schema | undefined;
		const records: IDataObject[] = [];
		const variants = [parameters[name] ?? {}].flat();
		for (const variant of variants) {
			const { error, output } = await run({ resource, operation, ...variant });
			expect({ name, error: error?.message }).toEqual({ name, error: undefined });
			expect(output('Sahut')).not.toEqual([]);
			records.push(...output('Sahut').map(({ json }) => json));
		}

		const refused = await runRefused({ resource, operation, ...variants.at(-1) });
		records.push(...refused.output('Sahut').map(({ json }) => json));

		// Together, the records have all fields.
		const merged: IDataObject = Object.assign({}, ...records);
		expect(differences(merged, schema, name)).toEqual([]);
	}
});
