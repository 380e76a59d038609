import { collectErrorTexts } from '../../../scripts/listTexts/errorTexts';
import { listFieldTexts, type Described } from '../../../scripts/listTexts/fieldTexts';

const phone: Described = {
	name: 'phone',
	displayName: 'Phone Number',
	description: 'Any common format',
	placeholder: 'e.g. 0812-3456-7890',
};

const options: Described = {
	name: 'options',
	displayName: 'Options',
	placeholder: 'Add Option',
	options: [
		{ name: 'tags', displayName: 'Tags', typeOptions: { multipleValueButtonText: 'Add Tag' } },
		{ name: 'rows', displayName: 'Rows', options: [{ name: 'row', values: [phone] }] },
		{
			name: 'order',
			displayName: 'Order',
			options: [{ name: 'Oldest First' }, { name: 'Newest First', description: 'In reverse' }],
		},
	],
};

/** Lists the fields of one section, without its heading. */
function listFields(...fields: Described[]): string[] {
	return listFieldTexts([{ title: 'Message: Send', texts: [], fields }]).slice(1, -1);
}

describe('the list of field texts', () => {
	it('has a heading and the texts of each section', () => {
		const lines = listFieldTexts([{ title: 'Message: Send', texts: ['Send it'], fields: [] }]);

		expect(lines).toEqual(['## Message: Send', 'Send it', '']);
	});

	it('has the description, the hint and the placeholder of a field', () => {
		expect(listFields({ ...phone, hint: 'Digits only' })).toEqual([
			'- Phone Number',
			'  Any common format',
			'  Hint: Digits only',
			'  Placeholder: e.g. 0812-3456-7890',
		]);
	});

	it('has the entries of a collection and the options of a field in their order', () => {
		expect(listFields(options)).toEqual([
			'- Options',
			'  Placeholder: Add Option',
			'  - Tags',
			'    Button: Add Tag',
			'  - Rows',
			'    - row',
			'      - Phone Number',
			'        Any common format',
			'        Placeholder: e.g. 0812-3456-7890',
			'  - Order',
			'    - Oldest First',
			'    - Newest First',
			'      In reverse',
		]);
	});

	it('has the fixed entries of a dropdown', () => {
		const typeOptions = { loadOptionsMethod: 'getAnyChannel' };

		expect(listFields({ name: 'channelId', displayName: 'Channel', typeOptions })).toEqual([
			'- Channel',
			'  - Any Channel',
		]);
	});

	it('has the texts of a shared field once, even if only the conditions of the field differ', () => {
		const shownElsewhere = { ...phone, displayOptions: { show: { matchBy: ['phone'] } } };

		expect(listFields(phone, shownElsewhere)).toEqual([
			...listFields(phone),
			'- Phone Number (as above)',
		]);
	});

	it('has the texts of a field again if one of them differs', () => {
		const otherPhone = { ...phone, description: 'Digits only' };

		expect(listFields(phone, otherPhone)).toEqual([
			...listFields(phone),
			...listFields(otherPhone),
		]);
	});
});

describe('the list of error texts', () => {
	it('has the message and the advice of an error, with their lines', () => {
		const code = [
			"throw new UserError('Template ID is empty', {",
			"	description: 'Enter the ID of the template.',",
			'});',
		].join('\n');

		expect(collectErrorTexts(code)).toEqual([
			{ text: 'Template ID is empty', line: 1 },
			{ text: 'Enter the ID of the template.', line: 2 },
		]);
	});

	it('shows each placeholder as …', () => {
		const code = 'const message = `Contact ${id} has ${count} tags`;';

		expect(collectErrorTexts(code)).toEqual([{ text: 'Contact … has … tags', line: 1 }]);
	});

	it('has short messages of errors, but no other short texts', () => {
		const code = "const status = 'not found'; throw new NodeOperationError(node, 'No phone');";

		expect(collectErrorTexts(code)).toEqual([{ text: 'No phone', line: 1 }]);
	});

	it('omits imports, types, n8n expressions and keys of requests', () => {
		const code = [
			"import { a } from './a b c';",
			"type Name = 'one two three';",
			"const subtitle = '={{ $parameter.operation + 1 }}';",
			'const key = `POST message to ${phone}`;',
		].join('\n');

		expect(collectErrorTexts(code)).toEqual([]);
	});
});
