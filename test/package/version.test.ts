import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const { version } = JSON.parse(read('package.json')) as { version: string };

test('the newest section of the changelog is that of the version in package.json', () => {
	const [, newest] = /^## \[?([^\]\s]+)/m.exec(read('CHANGELOG.md')) ?? [];
	expect(newest).toBe(version);
});

test.each(['README.md', 'README.id.md'])('%s installs the file of this version', (file) => {
	const named = read(file).match(/n8n-nodes-sahut-(\d+\.\d+\.\d+)\.tgz/g);
	expect(new Set(named)).toEqual(new Set([`n8n-nodes-sahut-${version}.tgz`]));
});

test('the publishing workflow asks for provenance, on a tag, after the tests', () => {
	const workflow = read('.github/workflows/publish.yml');
	expect(workflow).toMatch(/tags: \['v\*'\]/);
	expect(workflow).toContain('id-token: write');
	expect(workflow.indexOf('run: npm test')).toBeLessThan(
		workflow.indexOf('run: npm publish --provenance'),
	);
	expect(workflow).toContain('run: npm test');
});
