import { dirname, join } from 'node:path';
import GithubSlugger from 'github-slugger';

import { listFiles, existsInRepository, read } from './documents';

const FENCED_CODE = /^ {0,3}(```|~~~)[^]*?^ {0,3}\1.*$/gm;
const HEADING = /^#{1,6} +(.+?) *$/gm;
const LINK = /\]\(([^)\s]+)(?: "[^"]*")?\)|\b(?:src|href)="([^"]+)"/g;
const ABSOLUTE_URL = /^[a-z]+:/;

/** Other sites to which documents link. The test does not fetch them: the list only detects typing errors. */
const KNOWN_SITES =
	/^https:\/\/(n8n\.io$|docs\.n8n\.io\/|docs\.npmjs\.com\/|developers\.facebook\.com\/documentation\/business-messaging\/whatsapp\/|business\.whatsapp\.com\/policy$|id\.wikisource\.org\/wiki\/|keepachangelog\.com\/|semver\.org\/$|github\.com\/n8n-nodes-sahut\/)/;

/** Links of the nodes and the credential to README.md on GitHub. */
const README_LINK = /https:\/\/github\.com\/n8n-nodes-sahut\/n8n-nodes-sahut(#[\w-]+)/g;
const WHOLE_PAGE = '#readme';

const withoutCode = (file: string) => read(file).replace(FENCED_CODE, '');

/** Returns the anchors that GitHub creates from the headings of a document. */
function anchorsOf(file: string): string[] {
	const slugger = new GithubSlugger();
	return [...withoutCode(file).matchAll(HEADING)].map(([, heading]) =>
		slugger.slug(heading!.replace(/[`*]|\]\([^)]*\)|\[/g, '')),
	);
}

/** Returns the broken links of a document, each with the problem. */
function brokenLinks(file: string, text = withoutCode(file)): string[] {
	return [...text.matchAll(LINK)].flatMap(([, link, attribute]) => {
		const target = (link ?? attribute)!;
		if (ABSOLUTE_URL.test(target)) {
			return KNOWN_SITES.test(target) ? [] : `${target}: unknown site`;
		}
		const [path = '', anchor] = target.split('#');
		const found = path === '' ? file : join(dirname(file), path);
		if (!existsInRepository(found)) return `${target}: missing file`;
		if (anchor === undefined || anchorsOf(found).includes(anchor)) return [];
		return `${target}: missing heading`;
	});
}

test.each(listFiles('*.md'))('%s has no broken links', (file) => {
	expect(brokenLinks(file)).toEqual([]);
});

test('broken links are reported with their problem', () => {
	const text = `
		[a](docs/nothing.md) ![b](nothing.png) [c](#nothing) <img src="docs/nothing.png">
		[d](http://docs.n8n.io/) [e](README.md#credential) [f](docs)`;

	expect(brokenLinks('README.md', text)).toEqual([
		'docs/nothing.md: missing file',
		'nothing.png: missing file',
		'#nothing: missing heading',
		'docs/nothing.png: missing file',
		'http://docs.n8n.io/: unknown site',
	]);
});

test('published files link to existing headings of README.md', () => {
	const shipped = listFiles('nodes/**/*.node.json', 'credentials/*.ts').map(read).join('\n');

	const anchors = [...shipped.matchAll(README_LINK)].map(([, anchor]) => anchor);

	const headings = anchorsOf('README.md').map((anchor) => `#${anchor}`);
	expect(anchors.length).toBeGreaterThan(3);
	expect([WHOLE_PAGE, ...headings]).toEqual(expect.arrayContaining(anchors));
});
