// npm run publish:dry: runs the steps of .github/workflows/publish.yml without publishing, as for the first
// version (with a token) and as for a later one.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { prepareDryRun } from './publish/dryRun';

const dryRun = prepareDryRun(mkdtempSync(join(tmpdir(), 'n8n-nodes-sahut-')));
const first = dryRun.run({ npmToken: 'token' });
const later = first.failed ? first : dryRun.run({}, ({ name }) => name.startsWith('Publish'));
dryRun.remove();

process.stdout.write(`${first.output}${later.output}\n`);
const failed = later.failed;
process.stdout.write(
	failed
		? `\nFailed: ${failed.job}: ${failed.name}\n`
		: '\nAll steps succeeded. Nothing was published.\n',
);
process.exitCode = failed ? 1 : 0;
