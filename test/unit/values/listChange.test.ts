import { applyListChange } from '../../../nodes/Sahut/values/listChange';

const change = (add: string[], remove: string[] = []) => ({ add, remove });

describe('A change of a list', () => {
	it.each<[string, string[], ReturnType<typeof change>, string[] | undefined]>([
		['adds an entry after the others', ['vip'], change(['baru']), ['vip', 'baru']],
		['adds nothing that exists in another case', ['Berhenti'], change(['berhenti']), undefined],
		[
			'adds nothing that exists with other spaces',
			['sudah bayar'],
			change([' sudah  bayar']),
			undefined,
		],
		['adds an entry once', [], change(['baru', 'Baru']), ['baru']],
		['removes all spellings', ['Stop', 'vip', 'STOP'], change([], ['stop']), ['vip']],
		['removes nothing that does not exist', ['vip'], change([], ['stop']), undefined],
		['adds and removes', ['baru', 'vip'], change(['lama'], ['baru']), ['vip', 'lama']],
		[
			'keeps duplicates that it does not concern',
			['vip', 'vip'],
			change(['baru']),
			['vip', 'vip', 'baru'],
		],
	])('%s', (_, existing, given, expected) => {
		expect(applyListChange(existing, given)).toEqual(expected);
	});
});
