import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { read, REPOSITORY } from './documents';
import { temporaryFolder } from './folders';

const GENERATOR = join(REPOSITORY, 'node_modules/openapi-typescript/bin/cli.js');
const OPENAPI = 'docs/sahut-openapi.yaml';
const TYPES = 'nodes/Sahut/transport/wire.d.ts';

const folder = temporaryFolder();

/** Returns 0 if the wire types are those of this OpenAPI file, 1 otherwise. */
function checkTypes(openApiFile: string) {
	const args = [GENERATOR, openApiFile, '--output', TYPES, '--check'];
	return spawnSync(process.execPath, args, { cwd: REPOSITORY }).status;
}

it('the wire types are up to date with the OpenAPI file (npm run types generates them)', () => {
	expect(checkTypes(OPENAPI)).toBe(0);
});

it('a change of the OpenAPI file makes the wire types outdated', () => {
	const changed = join(folder, 'openapi.yaml');
	writeFileSync(
		changed,
		read(OPENAPI).replace('content: { type: string }', 'content: { type: integer }'),
	);

	const status = checkTypes(changed);

	expect(status).toBe(1);
});
