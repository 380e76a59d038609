import type { IDataObject, INode, INodePropertyOptions, INodeType } from 'n8n-workflow';

import { loadPackage, outputPreview } from '../../support/engine';
import { openWorkspace } from '../../support/workspace';

interface Schema {
	type: string;
	properties?: Record<string, Schema>;
	items?: Schema;
}

/** In what a value differs from its schema; what is null, or an object of any entries, fits. */
function misfits(value: unknown, schema: Schema | undefined, at: string): string[] {
	if (schema === undefined) return [`${at} is not in the preview`];
	if (value === null) return [];
	const type = Array.isArray(value) ? 'array' : typeof value;
	if (type !== schema.type) return [`${at} is a ${type}, in the preview a ${schema.type}`];
	if (Array.isArray(value)) {
		return value.flatMap((each, index) => misfits(each, schema.items, `${at}[${index}]`));
	}
	if (typeof value !== 'object' || Object.keys(schema.properties ?? {}).length === 0) return [];
	const missing = Object.keys(schema.properties ?? {}).filter((name) => !(name in value!));
	return [
		...missing.map((name) => `${at}.${name} is only in the preview`),
		...Object.entries(value!).flatMap(([name, each]) =>
			misfits(each, schema.properties?.[name], `${at}.${name}`),
		),
	];
}

/** A sandbox with one of everything, and parameters for each operation to show it. */
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
	/** Of some operations in several ways, which together give all that the preview shows. */
	const parameters: Record<string, INode['parameters'] | Array<INode['parameters']>> = {
		'message.list': { conversationId: id },
		'message.send': twice({ conversationId: id, ...either }),
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
	return { ...workspace, parameters };
}

/** All that the node offers. */
async function allOperations(): Promise<Array<{ resource: string; operation: string }>> {
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

it('the output preview of every operation is where n8n looks for it, and shows what really comes out', async () => {
	const { run, parameters } = await openShop();

	for (const { resource, operation } of await allOperations()) {
		const name = `${resource}.${operation}`;
		const schema = outputPreview(resource, operation) as unknown as Schema | undefined;
		const records: IDataObject[] = [];
		for (const ways of [parameters[name] ?? {}].flat()) {
			const { error, output } = await run({ resource, operation, ...ways });
			expect({ name, error: error?.message }).toEqual({ name, error: undefined });
			expect(output('Sahut')).not.toEqual([]);
			records.push(...output('Sahut').map(({ json }) => json));
		}

		// What one record lacks, another one has.
		const together: IDataObject = Object.assign({}, ...records);
		expect(misfits(together, schema, name)).toEqual([]);
	}
});
