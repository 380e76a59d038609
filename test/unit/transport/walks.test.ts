import { fromBothEnds } from '../../../nodes/Sahut/transport/walks';

/**
 * Walks over a list from both ends.
 *
 * @param count number of pages; the list reports it once page 1 has been read
 * @returns the numbers of the pages, in the order of the walk
 */
function walkFromBothEnds(count: number, maxPages: number): number[] {
	let read = 0;
	const pages = { last: () => (read === 0 ? 1 : count), hasGrown: () => false };
	const next = fromBothEnds(pages, maxPages);
	const numbers: number[] = [];
	for (let page = next(); page !== undefined; page = next()) {
		numbers.push(page);
		read++;
	}
	return numbers;
}

describe('a walk from both ends', () => {
	it.each([
		[1, [1]],
		[2, [1, 2]],
		[5, [1, 5, 2, 4, 3]],
		[6, [1, 6, 2, 5, 3, 4]],
	])('over %i pages alternates between the ends, and visits each page once', (count, expected) => {
		expect(walkFromBothEnds(count, 20)).toEqual(expected);
	});

	it('visits at most the given number of pages', () => {
		expect(walkFromBothEnds(500, 4)).toEqual([1, 500, 2, 499]);
	});
});
