import { basename } from 'node:path';

import { filesOf, isThere, read } from './documents';

const CODE = /^ *```[^]*?^ *```/gm;
const LINE = /^(?:(#+) |( *)(?:[-*]|\d+\.) | *(\|.*\|)$)/gm;

/** What a document is made of: its headings, lists and tables, whatever their words; and its commands. */
const shapeOf = (document: string) => [
	...[...document.replace(CODE, '').matchAll(LINE)].map(
		([, heading, indent, row]) =>
			heading ?? (row === undefined ? `${indent}item` : `row of ${row.split(' | ').length}`),
	),
	...(document.match(CODE) ?? []).map((code) => code.replace(/ +#.*$/gm, '')),
];

test.each(filesOf('docs/id/*.md'))('%s has the same parts as the English document', (file) => {
	const page = `docs/${basename(file)}`;

	const english = isThere(page) ? page : basename(file);

	expect(shapeOf(read(file))).toEqual(shapeOf(read(english)));
});
