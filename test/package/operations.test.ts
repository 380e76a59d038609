import type { INodeProperties } from 'n8n-workflow';

import { resources } from '../../nodes/Sahut/resources';
import { triggerFields } from '../../nodes/Sahut/trigger/fields';
import { read } from './documents';

const TABLE = /^\| Resource +\| Operation +\|.*\n\|[ |-]+\n((?:\|.*\n)+)/m;
const ROW = /^\| (\w+) +\| ([^|]+) \|/gm;
const LINK = /\[([^\]]*)\]\([^)]*\)/g;
const offered = resources.flatMap(({ name, operations }) =>
	operations.map((operation) => ({ ...operation, title: `${name}: ${operation.name}` })),
);

/** `Message: Send` of a row such as `| Message | [Send](#message-send) | …`; one row may name several. */
function operationsIn(document: string): string[] {
	const [, rows = ''] = TABLE.exec(document) ?? [];
	return [...rows.matchAll(ROW)].flatMap(([, resource, names]) =>
		names!
			.replace(LINK, '$1')
			.trim()
			.split(', ')
			.map((name) => `${resource}: ${name}`),
	);
}

test.each(['README.md', 'docs/id/README.md'])('%s lists every operation, each once', (file) => {
	expect(operationsIn(read(file)).sort()).toEqual(offered.map(({ title }) => title).sort());
});

/** The labels of fields, and of those inside a collection. */
const labelsOf = (fields: INodeProperties[]): string[] =>
	fields.flatMap(({ displayName, type, options = [] }) => [
		...(type === 'notice' ? [] : [displayName]),
		...(type === 'collection' ? labelsOf(options as INodeProperties[]) : []),
	]);

/** The section of operations.md about an operation, or about the trigger. */
const sectionOf = (title: string) =>
	read('docs/operations.md')
		.split(/^## /m)
		.find((section) => section.startsWith(`${title}\n`));

test.each([
	...offered.map(({ title, fields }) => [title, fields] as const),
	['Sahut Trigger', triggerFields] as const,
])('docs/operations.md names all fields of %s', (title, fields) => {
	const section = sectionOf(title);

	expect(section).toBeDefined();
	expect(labelsOf([...fields]).filter((label) => !section!.includes(label))).toEqual([]);
});
