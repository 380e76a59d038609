import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { prepareDryRun } from '../../scripts/publish/dryRun';
import type { RunStep } from '../../scripts/publish/steps';
import { temporaryFolder } from './folders';

jest.setTimeout(240_000);

const isCheck = ({ job }: RunStep) => job === 'version';
const isPublish = ({ name }: RunStep) => name.startsWith('Publish');

describe('the publishing workflow, in a dry run,', () => {
	const folder = join(temporaryFolder(), 'dry-run');
	let dryRun: ReturnType<typeof prepareDryRun>;
	let file: string;
	let view: string;

	beforeAll(() => {
		mkdirSync(folder);
		dryRun = prepareDryRun(folder);
		file = `n8n-nodes-sahut-${dryRun.version}.tgz`;
		view = `npm view n8n-nodes-sahut@${dryRun.version} version`;
	});

	it('scans the packed file, stages it with a token for the first version, and releases the same file', () => {
		const { commands, output, failed } = dryRun.run({ npmToken: 'secret' });

		expect({ output, failed }).toEqual({ output, failed: undefined });
		expect(output.match(/"passed": true/g)).toHaveLength(2);
		const [, registry] = /Publishing to https:(\/\/[^/]+\/) with tag latest/.exec(output)!;
		expect(commands.filter((command) => command !== 'npm run build')).toEqual([
			'npm ci',
			'npm run package',
			'npm pack --ignore-scripts=false',
			view,
			'npm config get registry',
			// The token is only for the registry to which npm publishes.
			`npm config set ${registry}:_authToken secret`,
			`npm stage publish ./${file} --provenance --access public`,
			expect.stringMatching(`^gh release create v${dryRun.version} ${file} --verify-tag .*`),
		]);
	});

	it('publishes later versions without a token', () => {
		const { commands, failed } = dryRun.run({}, isPublish);

		expect(failed).toBeUndefined();
		expect(commands).toEqual([view, `npm publish ./${file} --provenance --access public`]);
	});

	it('does not publish a version that is on npm', () => {
		const { commands, failed } = dryRun.run({ published: dryRun.version }, isPublish);

		expect(failed).toBeUndefined();
		expect(commands).toEqual([view]);
	});

	it('stops at a tag of another version, before it runs a command', () => {
		const { commands, output, failed } = dryRun.run({ tag: 'v99.0.0' }, isCheck);

		expect(failed).toBeDefined();
		expect(output).toContain('The tag is v99.0.0, but package.json has the version');
		expect(commands).toEqual([]);
	});
});
