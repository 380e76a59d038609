import type { Browser, BrowserContext } from 'playwright-core';

import { ensureOwnerLogin, type RunningN8n } from '../n8n';

/** The timeout of one step, long enough for a busy machine. */
const STEP_TIMEOUT_MS = 30_000;

/** The timeout of a workflow run. */
export const EXECUTION_TIMEOUT_MS = 60_000;

export interface EditorLook {
	/** In pixels. Default 1440 × 900. */
	viewport?: { width: number; height: number };
	/** Default light. */
	colorScheme?: 'dark' | 'light';
}

/**
 * Opens a browser context that is signed in to the editor as the owner. `signIn` must have created the
 * owner.
 */
export async function openEditor(
	browser: Browser,
	n8n: Pick<RunningN8n, 'url' | 'userFolder'>,
	{ viewport = { width: 1440, height: 900 }, colorScheme = 'light' }: EditorLook = {},
): Promise<BrowserContext> {
	const { email, password } = ensureOwnerLogin(n8n.userFolder);
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
