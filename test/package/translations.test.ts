import { basename } from 'node:path';

import { filesOf, read } from './documents';

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

test.each(filesOf('*.id.md'))('%s has the same parts as the English document', (file) => {
	const beside = file.replace(/\.id\.md$/, '.md');
	const english = filesOf(beside)[0] ?? basename(beside);
	expect(shapeOf(read(file))).toEqual(shapeOf(read(english)));
});
