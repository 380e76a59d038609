import { appendFileSync, cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { makeTemporaryFolder, REPOSITORY, runNode, unpackTarball } from './unpackedTarball';

interface ScanResult {
	passed: boolean;
	/** Also set when it passed because there was no file to look at. */
	message?: string;
	details?: string;
}

const FORBIDDEN = '\nexports.home = process.env.HOME;\n';

describe("n8n's verification scanner", () => {
	const work = makeTemporaryFolder();
	const tarball = join(work, 'tarball');

	const scan = (folder: string, content: 'source' | 'tarball') =>
		runNode<ScanResult>([join(__dirname, 'scan.mjs'), folder, content], { TMPDIR: work });

	beforeAll(() => unpackTarball(tarball));
	afterAll(() => rmSync(work, { recursive: true }));

	it('passes the source', () => {
		expect(scan(REPOSITORY, 'source')).toEqual({ passed: true });
	});

	it('passes the packed package', () => {
		expect(scan(tarball, 'tarball')).toEqual({ passed: true });
	});

	it('stops a source file that reads the environment', () => {
		const source = join(work, 'source');
		for (const part of ['package.json', 'icons', 'nodes', 'credentials']) {
			cpSync(join(REPOSITORY, part), join(source, part), { recursive: true });
		}
		writeFileSync(join(source, 'nodes/Sahut/planted.ts'), FORBIDDEN);

		expect(scan(source, 'source')).toMatchObject({
			passed: false,
			details: expect.stringMatching(/planted\.ts[^]*no-restricted-globals/),
		});
	});

	it('stops a packed file that reads the environment', () => {
		const tampered = join(work, 'tampered');
		cpSync(tarball, tampered, { recursive: true });
		appendFileSync(join(tampered, 'dist/nodes/Sahut/Sahut.node.js'), FORBIDDEN);

		expect(scan(tampered, 'tarball')).toMatchObject({
			passed: false,
			details: expect.stringMatching(/Sahut\.node\.js[^]*no-restricted-globals/),
		});
	});
});
