import { resources } from '../../nodes/Sahut/resources';
import { read } from './documents';

const TABLE = /^\| Resource \| Operation \|.*\n\|[ |-]+\n((?:\|.*\n)+)/m;
const ROW = /^\| (\w+) \| ([^|]+) \|/gm;

/** `Message: Send` of a row such as `| Message | [Send](#message-send) | …`; one row may name several. */
function operationsIn(document: string): string[] {
	const [, rows = ''] = TABLE.exec(document) ?? [];
	return [...rows.matchAll(ROW)].flatMap(([, resource, names]) =>
		names!.split(', ').map((name) => `${resource}: ${name.replace(/\[|\]\(.*\)/g, '')}`),
	);
}

test.each(['README.md', 'README.id.md'])('%s lists every operation, each once', (file) => {
	const offered = resources.flatMap(({ name, operations }) =>
		operations.map((operation) => `${name}: ${operation.name}`),
	);
	expect(operationsIn(read(file)).sort()).toEqual(offered.sort());
});
