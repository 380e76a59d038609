import { fromBothEnds } from '../../../nodes/Sahut/transport/walks';

/** The pages that are taken from a list of `count`, which shows once page 1 has been read. */
function taken(count: number, most: number): number[] {
	let read = 0;
	const pages = { last: () => (read === 0 ? 1 : count), hasGrown: () => false };
	const next = fromBothEnds(pages, most);
	const numbers: number[] = [];
	for (let page = next(); page !== undefined; page = next()) {
		numbers.push(page);
		read++;
	}
	return numbers;
}

describe('pages from both ends', () => {
	it.each([
		[1, [1]],
		[2, [1, 2]],
		[5, [1, 5, 2, 4, 3]],
		[6, [1, 6, 2, 5, 3, 4]],
	])('of %i are taken by turns, each once', (count, expected) => {
		expect(taken(count, 20)).toEqual(expected);
	});

	it('are no more than wanted', () => {
		expect(taken(500, 4)).toEqual([1, 500, 2, 499]);
	});
});
