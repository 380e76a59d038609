import type { INodeProperties } from 'n8n-workflow';

import { resources } from '../../nodes/Sahut/resources';
import { triggerFields } from '../../nodes/Sahut/trigger/fields';
import { read } from './documents';

const TABLE = /^\| Resource +\| Operation +\|.*\n\|[ |-]+\n((?:\|.*\n)+)/m;
const ROW = /^\| (\w+) +\| ([^|]+) \|/gm;
const LINK = /\[([^\]]*)\]\([^)]*\)/g;
/** The operations of the node, with titles such as `Message: Send`. */
const nodeOperations = resources.flatMap(({ name, operations }) =>
	operations.map((operation) => ({ ...operation, title: `${name}: ${operation.name}` })),
);

/** Returns the operations in the table of a document, e.g. `Message: Send`. A row can contain several. */
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

test.each(['README.md', 'docs/id/README.md'])('%s lists each operation exactly once', (file) => {
	expect(operationsIn(read(file)).sort()).toEqual(nodeOperations.map(({ title }) => title).sort());
});

/** Returns the labels of fields, including those in a collection. */
const labelsOf = (fields: INodeProperties[]): string[] =>
	fields.flatMap(({ displayName, type, options = [] }) => [
		...(type === 'notice' ? [] : [displayName]),
		...(type === 'collection' ? labelsOf(options as INodeProperties[]) : []),
	]);

/** Returns the section of operations.md about an operation or the trigger. */
const sectionOf = (title: string) =>
	read('docs/operations.md')
		.split(/^## /m)
		.find((section) => section.startsWith(`${title}\n`));

test.each([
	...nodeOperations.map(({ title, fields }) => [title, fields] as const),
	['Sahut Trigger', triggerFields] as const,
])('docs/operations.md describes all fields of %s', (title, fields) => {
	const section = sectionOf(title);

	expect(section).toBeDefined();
	expect(labelsOf([...fields]).filter((label) => !section!.includes(label))).toEqual([]);
});
