import { type INodeTypes, Workflow } from 'n8n-workflow';

import { read } from './documents';

const PAGES = ['docs/campaigns.md', 'docs/id/campaigns.md'];
const MESSAGES = 4_000;
/** The limits of Starter, Pro and Business in requests per minute, and the share of them that accepted requests use. */
const LIMITS = [60, 300, 1_000];
const REACHED_SHARE = 0.92;

/** Returns the durations in a cell, in minutes: `3 h 37 min – 6 h` has two. */
const minutesIn = (cell: string) =>
	cell
		.split('–')
		.map((duration) =>
			[...duration.matchAll(/(\d+) (h|jam|min|menit)/g)].reduce(
				(sum, [, number, unit]) => sum + Number(number) * (unit === 'h' || unit === 'jam' ? 60 : 1),
				0,
			),
		);

/** Returns the numbers in a cell; Indonesian has decimal commas. */
const numbersIn = (cell: string) =>
	[...cell.matchAll(/\d+(?:[.,]\d+)?/g)].map(([number]) => Number(number.replace(',', '.')));

describe.each(PAGES)('%s', (page) => {
	const rows = read(page)
		.split('\n')
		.filter((line) => /^\| .*\d (min|menit)\b/.test(line))
		.map((line) => line.split('|').slice(2, -1));

	it('states durations that follow from the requests of a message and the limit of the plan', () => {
		expect(rows).toHaveLength(6);
		for (const [requests, ...durations] of rows) {
			const perMessage = numbersIn(requests!);
			const isRange = requests!.includes('–');
			// A count that includes rejected requests is divided by the complete limit.
			const share = /rejected|ditolak/.test(requests!) ? 1 : REACHED_SHARE;
			for (const [plan, limit] of LIMITS.entries()) {
				// "1.6 (Starter), 1.1": the first number is for Starter.
				const expected = isRange
					? perMessage
					: [perMessage[plan === 0 ? 0 : perMessage.length - 1]!];
				const stated = minutesIn(durations[plan]!.replace(/^ (\d+)–(\d+)/, ' $1 min – $2'));
				expect(stated).toHaveLength(expected.length);
				for (const [index, each] of expected.entries()) {
					const calculated = (MESSAGES * each) / (limit * share);
					// Rounded to whole minutes; from some hours on, to about five percent.
					expect(Math.abs(stated[index]! - calculated)).toBeLessThan(1 + calculated * 0.05);
				}
			}
		}
	});
});

test('both languages have the same field values, expressions and links to other sites', () => {
	const [english, indonesian] = PAGES.map((page) =>
		[...read(page).matchAll(/`[^`]+`|https:[^)]+/g)].map(([match]) => match).sort(),
	);

	expect(indonesian).toEqual(english);
});

describe('the expressions for quiet hours', () => {
	const [isOpen, opensAt] = [...read('docs/campaigns.md').matchAll(/`(\{\{ \$now.*?\}\})`/g)].map(
		([, expression]) => `=${expression}`,
	);

	afterEach(() => jest.useRealTimers());

	const evaluate = (expression: string, now: string) => {
		jest.useFakeTimers({ now: new Date(now), doNotFake: ['nextTick', 'setImmediate'] });
		const node = {
			id: '1',
			name: 'Node',
			type: 'test',
			typeVersion: 1,
			position: [0, 0] as [number, number],
			parameters: {},
		};
		const nodeTypes = { getByNameAndVersion: () => undefined } as unknown as INodeTypes;
		const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
		return workflow.expression.getParameterValue(expression, null, 0, 0, 'Node', [], 'manual', {});
	};

	it.each([
		['2026-11-30T08:59:00+07:00', false, '2026-11-30T09:00:00.000+07:00'],
		['2026-11-30T09:00:00+07:00', true, '2026-12-01T09:00:00.000+07:00'],
		['2026-11-30T16:59:00+07:00', true, '2026-12-01T09:00:00.000+07:00'],
		['2026-11-30T17:00:00+07:00', false, '2026-12-01T09:00:00.000+07:00'],
		['2026-12-01T00:30:00+07:00', false, '2026-12-01T09:00:00.000+07:00'],
	])('are correct at %s', (now, open, next) => {
		expect(evaluate(isOpen!, now)).toBe(open);
		expect(String(evaluate(opensAt!, now))).toBe(next);
	});
});
