import { dirname, join } from 'node:path';
import GithubSlugger from 'github-slugger';

import { filesOf, isThere, read } from './documents';

const FENCED_CODE = /^ {0,3}(```|~~~)[^]*?^ {0,3}\1.*$/gm;
const HEADING = /^#{1,6} +(.+?) *$/gm;
const LINK = /\]\(([^)\s]+)(?: "[^"]*")?\)|\b(?:src|href)="([^"]+)"/g;
const ELSEWHERE = /^[a-z]+:/;

/** Other sites that documents lead to. Nothing is fetched: this finds slips of the pen. */
const KNOWN_SITES =
	/^https:\/\/(n8n\.io$|docs\.n8n\.io\/|keepachangelog\.com\/|semver\.org\/$|github\.com\/n8n-nodes-sahut\/)/;

/** Where the nodes and the credential send people: headings of README.md, as GitHub shows it. */
const OWN_PAGE = /https:\/\/github\.com\/n8n-nodes-sahut\/n8n-nodes-sahut(#[\w-]+)/g;
const WHOLE_PAGE = '#readme';

const withoutCode = (file: string) => read(file).replace(FENCED_CODE, '');

/** The anchors of a document, as GitHub makes them of its headings. */
function anchorsOf(file: string): string[] {
	const slugger = new GithubSlugger();
	return [...withoutCode(file).matchAll(HEADING)].map(([, heading]) =>
		slugger.slug(heading!.replace(/[`*]|\]\([^)]*\)|\[/g, '')),
	);
}

/** What is wrong with the links of a document. */
function brokenLinks(file: string, text = withoutCode(file)): string[] {
	return [...text.matchAll(LINK)].flatMap(([, link, attribute]) => {
		const target = (link ?? attribute)!;
		if (ELSEWHERE.test(target)) {
			return KNOWN_SITES.test(target) ? [] : `${target}: not a known site`;
		}
		const [path = '', anchor] = target.split('#');
		const found = path === '' ? file : join(dirname(file), path);
		if (!isThere(found)) return `${target}: there is no such file`;
		if (anchor === undefined || anchorsOf(found).includes(anchor)) return [];
		return `${target}: there is no such heading`;
	});
}

test.each(filesOf('*.md'))('%s links to what exists', (file) => {
	expect(brokenLinks(file)).toEqual([]);
});

test('a link to nothing is found', () => {
	const text = `
		[a](docs/nothing.md) ![b](nothing.png) [c](#nothing) <img src="docs/nothing.png">
		[d](http://docs.n8n.io/) [e](README.md#credential) [f](docs)`;

	expect(brokenLinks('README.md', text)).toEqual([
		'docs/nothing.md: there is no such file',
		'nothing.png: there is no such file',
		'#nothing: there is no such heading',
		'docs/nothing.png: there is no such file',
		'http://docs.n8n.io/: not a known site',
	]);
});

test('what ships sends people to headings of README.md', () => {
	const shipped = filesOf('nodes/**/*.node.json', 'credentials/*.ts').map(read).join('\n');

	const anchors = [...shipped.matchAll(OWN_PAGE)].map(([, anchor]) => anchor);

	expect(anchors.length).toBeGreaterThan(3);

	const headings = anchorsOf('README.md').map((anchor) => `#${anchor}`);

	expect([WHOLE_PAGE, ...headings]).toEqual(expect.arrayContaining(anchors));
});
