import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

import { read } from './documents';
import { copySource, FORBIDDEN, temporaryFolder } from './folders';

/** The one that n8n asks for; ours leaves the folders alone that never ship. */
const UNTOUCHED = "import { config } from '@n8n/node-cli/eslint';\n\nexport default config;\n";

jest.setTimeout(120_000);

describe("what ships, by n8n's own check for n8n Cloud and without an ESLint configuration of its own", () => {
	const folder = temporaryFolder();

	beforeAll(() => {
		copySource(folder);
		writeFileSync(join(folder, 'eslint.config.mjs'), UNTOUCHED);
		const manifest = JSON.parse(read('package.json')) as { n8n: object };
		manifest.n8n = { ...manifest.n8n, strict: true };
		writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, '\t'));
	});

	const n8nNode = (command: string) => {
		const file = join(folder, 'node_modules/.bin/n8n-node');
		// Not NODE_ENV: some of n8n's rules judge otherwise in a test.
		const env = { PATH: process.env.PATH };
		const options = { cwd: folder, env, encoding: 'utf8' } as const;
		const { status, stdout, stderr } = spawnSync(file, [command], options);
		return { status, printed: stripVTControlCharacters(stdout + stderr) };
	};

	it('is eligible', () => {
		const { printed } = n8nNode('cloud-support');

		expect(printed).toContain('eligible for n8n Cloud verification');
		expect(printed).not.toContain('NOT eligible');
	});

	it('passes lint, but for a file that reads the environment', () => {
		writeFileSync(join(folder, 'nodes/planted.ts'), FORBIDDEN);

		const { status, printed } = n8nNode('lint');

		expect(status).toBe(1);
		expect(printed).toMatch(/planted\.ts\n.*no-restricted-globals\n\n✖ 1 problem /);
	});
});
