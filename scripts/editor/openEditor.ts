import type { Browser, BrowserContext } from 'playwright-core';

import { throwAwayLogin, type RunningN8n } from '../n8n';

/** Of one step, on a busy machine. */
const STEP_TIMEOUT_MS = 30_000;

/** Of a run of a workflow. */
export const EXECUTION_TIMEOUT_MS = 60_000;

export interface EditorLook {
	/** In pixels. Default 1440 × 900. */
	viewport?: { width: number; height: number };
	/** Default light. */
	colorScheme?: 'dark' | 'light';
}

/** Signs in at the editor as the owner, whom `signIn` has made: for all windows opened from this. */
export async function openEditor(
	browser: Browser,
	n8n: Pick<RunningN8n, 'url' | 'userFolder'>,
	{ viewport = { width: 1440, height: 900 }, colorScheme = 'light' }: EditorLook = {},
): Promise<BrowserContext> {
	const { email, password } = throwAwayLogin(n8n.userFolder);
	const editor = await browser.newContext({ baseURL: n8n.url, viewport, colorScheme });
	editor.setDefaultTimeout(STEP_TIMEOUT_MS);
	const page = await editor.newPage();
	await page.goto('/signin');
	await page.locator('input[name=emailOrLdapLoginId]').fill(email);
	await page.locator('input[type=password]').fill(password);
	await page.getByTestId('form-submit-button').click();
	await page.waitForURL(({ pathname }) => !pathname.startsWith('/signin'));
	await page.close();
	return editor;
}
