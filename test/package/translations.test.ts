import { basename } from 'node:path';

import { listFiles, existsInRepository, read } from './documents';

const CODE = /^ *```[^]*?^ *```/gm;
const LINE = /^(?:(#+) |( *)(?:[-*]|\d+\.) | *(\|.*\|)$)/gm;

/** Returns the headings, list items and table rows of a document without their texts, and its commands. */
const structureOf = (document: string) => [
	...[...document.replace(CODE, '').matchAll(LINE)].map(
		([, heading, indent, row]) =>
			heading ?? (row === undefined ? `${indent}item` : `row of ${row.split(' | ').length}`),
	),
	...(document.match(CODE) ?? []).map((code) => code.replace(/ +#.*$/gm, '')),
];

test.each(listFiles('docs/id/*.md'))(
	'%s has the same structure as the English document',
	(file) => {
		const page = `docs/${basename(file)}`;

		const english = existsInRepository(page) ? page : basename(file);

		expect(structureOf(read(file))).toEqual(structureOf(read(english)));
	},
);
