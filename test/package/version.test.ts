import { read } from './documents';

const { version } = JSON.parse(read('package.json')) as { version: string };
const README = ['README.md', 'README.id.md'];

test('the newest section of the changelog is that of the version in package.json', () => {
	const [, newest] = /^## \[?([^\]\s]+)/m.exec(read('CHANGELOG.md')) ?? [];
	expect(newest).toBe(version);
});

test('the version history of README.md names this version', () => {
	const [, history] = /^## Version history$([^]*)/m.exec(read('README.md')) ?? [];
	expect(history).toContain(`This is ${version},`);
});

test.each(README)('%s installs the file of this version', (file) => {
	const named = read(file).match(/n8n-nodes-sahut-(\d+\.\d+\.\d+)\.tgz/g);
	expect(new Set(named)).toEqual(new Set([`n8n-nodes-sahut-${version}.tgz`]));
});

test('the publishing workflow asks for provenance, on a tag, after the tests', () => {
	const workflow = read('.github/workflows/publish.yml');
	expect(workflow).toMatch(/tags: \['v\*'\]/);
	expect(workflow).toContain('id-token: write');
	const steps = ['run: npm ci', 'run: npm test', 'run: npm publish --provenance'];
	const places = steps.map((step) => workflow.indexOf(step));
	expect(places).not.toContain(-1);
	expect(places).toEqual([...places].sort((a, b) => a - b));
});
