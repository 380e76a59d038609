import type { Locator, Page } from 'playwright-core';

import { EXECUTION_TIMEOUT_MS } from './openEditor';

/** Locates all fields with a parameter name in the open node panel. Rows may repeat a name. */
export function locateField(page: Page, name: string): Locator {
	return page.getByTestId(`parameter-input-${name}`);
}

/** Types a text into the last field with this name. */
export async function fillField(page: Page, name: string, text: string): Promise<void> {
	await locateField(page, name).last().locator('input, textarea').fill(text);
}

/** Chooses an option of a field by its label. */
export async function selectOption(page: Page, name: string, shown: string): Promise<void> {
	await locateField(page, name).locator('input').click();
	const options = page.getByTestId('parameter-input-item').filter({ visible: true });
	await options.filter({ has: page.getByText(shown, { exact: true }) }).click();
}

/** Turns on a switch. */
export async function turnOnSwitch(page: Page, name: string): Promise<void> {
	await locateField(page, name).locator('.el-switch').click();
	await locateField(page, name).locator('.el-switch.is-checked').waitFor();
}

/** Opens the searchable list of a field, and types into its search. @returns the entries of the list */
export async function openSearchableList(page: Page, name: string, text: string): Promise<Locator> {
	await locateField(page, name).getByTestId('rlc-input').click();
	await page.getByTestId('rlc-item').first().waitFor();
	await page.getByTestId('rlc-search').fill(text);
	return page.getByTestId('rlc-item');
}

/** Enters an ID into a field with a searchable list. */
export async function enterId(page: Page, name: string, id: string): Promise<void> {
	await locateField(page, name).getByTestId('rlc-mode-selector').click();
	await page.getByTestId('mode-id').filter({ visible: true }).click();
	await locateField(page, name).getByTestId('rlc-input').fill(id);
}

/** Adds a row to a list of rows, such as the variables of a template. */
export async function addRow(page: Page, name: string): Promise<void> {
	await page.getByTestId(`fixed-collection-${name}`).getByTestId('fixed-collection-add').click();
}

/** Adds an entry to the node's Options by its label. */
export async function addOption(page: Page, shown: string): Promise<void> {
	await page.getByTestId('collection-parameter-add').click();
	await page.getByText(shown, { exact: true }).filter({ visible: true }).click();
}

/** n8n stores typed text with a delay, which is longer on a busy machine. */
const TYPING_PAUSE_MS = 1_000;

/** Clicks *Execute step*, and waits for items or an error. @returns the output panel */
export async function executeStep(page: Page): Promise<Locator> {
	await page.waitForTimeout(TYPING_PAUSE_MS);
	await page.getByTestId('node-execute-button').click();
	return await waitForOutput(page);
}

/** Waits until the output panel shows a table of items or an error. @returns the output panel */
export async function waitForOutput(page: Page): Promise<Locator> {
	const output = page.getByTestId('output-panel');
	const ended = output.locator('tbody tr').or(output.getByTestId('node-error-message'));
	await ended.first().waitFor({ timeout: EXECUTION_TIMEOUT_MS });
	return output;
}

export async function closePanel(page: Page): Promise<void> {
	await page.getByTestId('ndv-close-button').click();
	await page.getByTestId('ndv').waitFor({ state: 'hidden' });
}
