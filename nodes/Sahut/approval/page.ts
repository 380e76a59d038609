import { createHash } from 'crypto';

import type { Question } from './question';
import { STYLE } from './style';

/** The name of the form field that contains the decision. */
export const DECISION_FIELD = 'decision';

const ENTITIES: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;',
};

/** Escapes a text for HTML, including quoted attributes. */
const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (each) => ENTITIES[each]!);

const styleHash = createHash('sha256').update(STYLE).digest('base64');

/** The rules that the page itself can set: no scripts, no resources, and forms only to n8n. */
const POLICY = `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; base-uri 'none'`;

/**
 * The headers of every page. The page has the same origin as n8n, so a script in it could use n8n's cookies. The
 * browser must isolate it.
 */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
	'Content-Type': 'text/html; charset=utf-8',
	'Content-Security-Policy': `${POLICY}; frame-ancestors 'none'; sandbox allow-forms`,
	'X-Frame-Options': 'DENY',
	'X-Content-Type-Options': 'nosniff',
	'X-Robots-Tag': 'noindex, nofollow',
	'Referrer-Policy': 'no-referrer',
	'Cache-Control': 'no-store',
};

/** Returns a page. @param content HTML */
function page(title: string, content: string): string {
	// The page repeats the policy, since n8n replaces this header in a response that n8n itself sends.
	return `<!doctype html>
<html>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body><main>${content}</main></body>
</html>
`;
}

const button = (decision: string, label: string) =>
	`<button class="${decision}" name="${DECISION_FIELD}" value="${decision}" dir="auto">${escapeHtml(label)}</button>`;

/** Returns the page that shows a question, with one or two buttons. */
export function questionPage({ text, approveLabel, declineLabel }: Question): string {
	const buttons = [
		button('approve', approveLabel),
		...(declineLabel === undefined ? [] : [button('decline', declineLabel)]),
	];
	// Without an action, the browser submits the form to the address of the page.
	return page(
		'Approval',
		`<p class="text" dir="auto">${escapeHtml(text)}</p><form method="post">${buttons.join('')}</form>`,
	);
}

/** Returns a page that only shows a text. @param heading the label of a button, or a short statement */
export function messagePage(heading: string, text: string): string {
	return page(heading, `<h1 dir="auto">${escapeHtml(heading)}</h1><p>${escapeHtml(text)}</p>`);
}
