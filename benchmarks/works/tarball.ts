import { readdirSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';

import { count } from '../harness/figures';
import type { Work } from '../harness/work';

const MOST_BYTES = 150_000;
const PICTURES = new Set(['.png', '.svg']);

/** What is published, unpacked. */
export const tarball: Work = {
	name: 'tarball',
	async run({ packageFolder }) {
		const bytes = new Map<string, number>();
		for (const entry of readdirSync(packageFolder, { recursive: true, withFileTypes: true })) {
			if (!entry.isFile()) continue;
			const kind = extname(entry.name);
			const { size } = statSync(join(entry.parentPath, entry.name));
			bytes.set(kind, (bytes.get(kind) ?? 0) + size);
		}
		const kinds = [...bytes].sort(([, a], [, b]) => b - a);
		const total = kinds
			.filter(([kind]) => !PICTURES.has(kind))
			.reduce((sum, [, size]) => sum + size, 0);
		return {
			title: 'The package, unpacked',
			head: ['files', 'bytes'],
			rows: [
				...kinds.map(([kind, size]) => [kind, count(size)]),
				['without pictures', count(total)],
			],
			verdicts: [
				{
					work: 'The package, unpacked, without pictures',
					goal: `at most ${count(MOST_BYTES)} bytes`,
					measured: count(total),
					met: total <= MOST_BYTES,
				},
			],
		};
	},
};
