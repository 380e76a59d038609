import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import GithubSlugger from 'github-slugger';

const ROOT = resolve(__dirname, '../..');
const FENCED_CODE = /^ {0,3}(```|~~~)[^]*?^ {0,3}\1.*$/gm;
const HEADING = /^#{1,6} +(.+?) *$/gm;
const LINK = /\]\(([^)\s]+)(?: "[^"]*")?\)/g;
const ELSEWHERE = /^(https?|mailto):/;

const documents = execFileSync(
	'git',
	['ls-files', '--cached', '--others', '--exclude-standard', '*.md'],
	{
		cwd: ROOT,
		encoding: 'utf8',
	},
)
	.split('\n')
	.filter((file) => file !== '' && existsSync(join(ROOT, file)));

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8').replace(FENCED_CODE, '');

/** The anchors of a document, as GitHub makes them of its headings. */
function anchorsOf(file: string): string[] {
	const slugger = new GithubSlugger();
	return [...read(file).matchAll(HEADING)].map(([, heading]) =>
		slugger.slug(heading!.replace(/[`*]|\]\([^)]*\)|\[/g, '')),
	);
}

/** What is wrong with the links of a document; those to other sites are not followed. */
function brokenLinks(file: string, text = read(file)): string[] {
	return [...text.matchAll(LINK)]
		.map(([, target]) => target!)
		.filter((target) => !ELSEWHERE.test(target))
		.flatMap((target) => {
			const [path = '', anchor] = target.split('#');
			const found = path === '' ? file : join(dirname(file), path);
			if (!existsSync(join(ROOT, found))) return `${target}: there is no such file`;
			if (anchor === undefined || anchorsOf(found).includes(anchor)) return [];
			return `${target}: there is no such heading`;
		});
}

test.each(documents)('%s links to what exists', (file) => {
	expect(brokenLinks(file)).toEqual([]);
});

test('a link to nothing is found', () => {
	const text = '[a](docs/nothing.md) ![b](nothing.png) [c](#nothing) [d](README.md#credential)';
	expect(brokenLinks('README.md', text)).toEqual([
		'docs/nothing.md: there is no such file',
		'nothing.png: there is no such file',
		'#nothing: there is no such heading',
	]);
});
