import type { Locator, Page } from 'playwright-core';

import { fillField } from './nodePanel';

function dialog(page: Page): Locator {
	return page.getByTestId('editCredential-modal');
}

/** Opens the dialog for a new credential from the panel of a node that has none. */
export async function openCredentialDialog(page: Page): Promise<Locator> {
	await page.getByTestId('node-credentials-empty-state').getByRole('button').click();
	await dialog(page).waitFor();
	return dialog(page);
}

/** Opens the dialog with the credential of the node. */
export async function openExistingCredential(page: Page): Promise<Locator> {
	await page.getByTestId('credential-edit-button').click();
	await dialog(page).waitFor();
	return dialog(page);
}

/** Fills in the fields and saves. n8n tests the credential, and closes the dialog if the test succeeds. */
export async function saveCredential(page: Page, fields: Record<string, string>): Promise<void> {
	for (const [name, text] of Object.entries(fields)) await fillField(page, name, text);
	await dialog(page).getByTestId('credential-save-button').click();
}

export async function closeCredentialDialog(page: Page): Promise<void> {
	await dialog(page).getByRole('button', { name: 'Close' }).first().click();
	await dialog(page).waitFor({ state: 'hidden' });
}
