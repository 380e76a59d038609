import { tryToParseDateTime } from 'n8n-workflow';

import { parseInstant } from '../../../nodes/Sahut/values/instant';

const TIME_ZONE = 'Asia/Jakarta';

const parse = (value: unknown) => parseInstant(value, TIME_ZONE);

/** Creates a Luxon object, which is also the type of `{{ $now }}`. */
const toLuxon = (iso: string) => tryToParseDateTime(iso);

it.each<[given: unknown, iso: string]>([
	['2024-03-15', '2024-03-15T00:00:00+07:00'],
	['2024-03-15T08:30:00Z', '2024-03-15T08:30:00Z'],
	['2024-03-15T08:30:00.250+07:00', '2024-03-15T08:30:00.250+07:00'],
	['2024-03-15T08:30', '2024-03-15T08:30:00+07:00'],
	['2024-03-15 08:30:00', '2024-03-15T08:30:00+07:00'],
	['2024-03-15 8:30:00', '2024-03-15T08:30:00+07:00'],
	['2024-03-15T8:30Z', '2024-03-15T08:30:00Z'],
	['2024-03-15 08:30:00 +02:00', '2024-03-15T08:30:00+02:00'],
	['2024-03-15 08:30:00 UTC', '2024-03-15T08:30:00Z'],
	['Fri, 15 Mar 2024 08:30:00 GMT', '2024-03-15T08:30:00Z'],
	['Friday, 15-Mar-24 08:30:00 GMT', '2024-03-15T08:30:00Z'],
	['Fri Mar 15 08:30:00 2024', '2024-03-15T08:30:00Z'],
	['15 Mar 2024 08:30 +0700', '2024-03-15T08:30:00+07:00'],
	['1710491400', '2024-03-15T08:30:00Z'],
	[1_710_491_400, '2024-03-15T08:30:00Z'],
	[1_710_491_400_000, '2024-03-15T08:30:00Z'],
	[new Date('2024-03-15T08:30:00Z'), '2024-03-15T08:30:00Z'],
	[toLuxon('2024-03-15T08:30:00Z'), '2024-03-15T08:30:00Z'],
	[' 2024-02-29 ', '2024-02-29T00:00:00+07:00'],
])('parses %p as %s', (given, iso) => {
	expect(parse(given)).toBe(Date.parse(iso));
});

it.each<unknown>([
	'05/03/2024',
	'05.03.2024',
	'05-03-2024',
	'5 Maret 2024',
	'2024/03/15 15:31',
	'2024-02-30',
	'2024-13-01',
	'2024-03-15 25:00',
	'2024-03-15 8',
	'2024-03-15 830',
	'15 Mar 2024 08:30',
	'2024',
	'ORD-2024',
	'45356',
	45_356,
	20_240_315,
	'Invalid DateTime',
	new Date('never'),
	toLuxon('2024-03-15').setZone('no such zone'),
	['2024-03-15'],
	{ date: '2024-03-15' },
	true,
	null,
])('returns undefined for %p', (given) => {
	expect(parse(given)).toBeUndefined();
});
