/** The style of the page: n8n's look, in light and dark mode, for phones and large screens. */
export const STYLE = `
:root { --page: #fbfcfe; --card: #fff; --line: #dbdfe7; --text: #2d2e33; --muted: #6b6d73; }
@media (prefers-color-scheme: dark) {
	:root { --page: #17181c; --card: #222329; --line: #3d3f47; --text: #ececee; --muted: #a3a5ad; }
}
* { box-sizing: border-box; margin: 0; }
body { background: var(--page); color: var(--text); font: 16px/1.5 "Open Sans", system-ui, sans-serif; }
main { max-width: 480px; margin: 24px auto; padding: 24px; background: var(--card);
	border: 1px solid var(--line); border-radius: 8px; box-shadow: 0 4px 16px #634dff0f; }
h1 { font-size: 20px; font-weight: 600; padding-bottom: 8px; }
h1, .text { white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate; }
h1 + p { color: var(--muted); }
form { display: flex; flex-wrap: wrap; gap: 12px; margin-top: 24px; }
button { flex: 1 1 160px; min-height: 48px; padding: 12px 16px; border: 1px solid var(--line); border-radius: 6px;
	background: transparent; color: var(--text); font: inherit; font-weight: 600; cursor: pointer;
	overflow-wrap: anywhere; }
.approve { background: #ff6d5a; border-color: #ff6d5a; color: #2b1511; }
button:focus-visible { outline: 3px solid var(--text); outline-offset: 2px; }
@media (max-width: 520px) { main { margin: 12px; padding: 20px; } }
`;
