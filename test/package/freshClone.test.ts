import { execFileSync } from 'node:child_process';
import { cpSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { filesOf } from './documents';
import { makeTemporaryFolder, REPOSITORY } from './unpackedTarball';

jest.setTimeout(120_000);

describe('in a fresh clone, after npm ci', () => {
	const folder = makeTemporaryFolder();

	beforeAll(() => {
		for (const file of filesOf('.')) {
			cpSync(join(REPOSITORY, file), join(folder, file), { recursive: true });
		}
		rmSync(join(folder, 'node_modules'), { recursive: true, force: true });
		symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'));
	});
	afterAll(() => rmSync(folder, { recursive: true }));

	/** What npm packs into a file. */
	const packed = (...command: string[]) => {
		execFileSync('npm', command, { cwd: folder, stdio: 'pipe' });
		const tarball = join(folder, 'n8n-nodes-sahut-*.tgz');
		const list = execFileSync('sh', ['-c', `tar -tzf ${tarball} && rm ${tarball}`]);
		return String(list).split('\n');
	};

	it('npm run package packs the whole package', () => {
		expect(packed('run', 'package')).toEqual(
			expect.arrayContaining(['package/index.js', 'package/dist/nodes/Sahut/Sahut.node.js']),
		);
	});
});
