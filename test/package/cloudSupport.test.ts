import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

import { read } from './documents';
import { copySource, VIOLATION, temporaryFolder } from './folders';

/** The configuration that n8n requires; ours excludes folders that are not published. */
const REQUIRED_ESLINT_CONFIG =
	"import { config } from '@n8n/node-cli/eslint';\n\nexport default config;\n";

jest.setTimeout(120_000);

describe("the published source, with n8n's required ESLint configuration,", () => {
	const folder = temporaryFolder();

	beforeAll(() => {
		copySource(folder);
		writeFileSync(join(folder, 'eslint.config.mjs'), REQUIRED_ESLINT_CONFIG);
		const manifest = JSON.parse(read('package.json')) as { n8n: object };
		manifest.n8n = { ...manifest.n8n, strict: true };
		writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, '\t'));
	});

	const n8nNode = (command: string) => {
		const file = join(folder, 'node_modules/.bin/n8n-node');
		// Without NODE_ENV, since some of n8n's rules behave differently in a test.
		const env = { PATH: process.env.PATH };
		const options = { cwd: folder, env, encoding: 'utf8' } as const;
		const { status, stdout, stderr } = spawnSync(file, [command], options);
		return { status, printed: stripVTControlCharacters(stdout + stderr) };
	};

	it('is eligible for n8n Cloud', () => {
		const { printed } = n8nNode('cloud-support');

		expect(printed).toContain('eligible for n8n Cloud verification');
		expect(printed).not.toContain('NOT eligible');
	});

	it('has no lint error except in a file that reads the environment', () => {
		writeFileSync(join(folder, 'nodes/violation.ts'), VIOLATION);

		const { status, printed } = n8nNode('lint');

		expect(status).toBe(1);
		expect(printed).toMatch(/violation\.ts\n.*no-restricted-globals\n\n✖ 1 problem /);
	});
});
