import type { Locator, Page } from 'playwright-core';

/** Locates an entry of the node picker by the name of its node or action. */
function locateEntry(page: Page, name: string): Locator {
	return page.getByTestId('node-creator-item-name').getByText(name, { exact: true });
}

/** Opens the node picker, and types into its search. @returns the names of the results */
export async function searchNodes(page: Page, text: string): Promise<Locator> {
	const picker = page.getByTestId('node-creator');
	if (!(await picker.isVisible())) await page.keyboard.press('n');
	await picker.waitFor();
	await picker.locator('input').fill(text);
	return page.getByTestId('node-creator-item-name');
}

/** Searches for a node, and opens its actions and triggers. @returns the node picker */
export async function openNodeActions(page: Page, text: string, node: string): Promise<Locator> {
	await searchNodes(page, text);
	await locateEntry(page, node).click();
	const picker = page.getByTestId('node-creator');
	await picker.getByText(/^Actions \(\d+\)$/).waitFor();
	return picker;
}

/** Expands the actions or the triggers, since n8n expands only one section. @returns the wanted entry */
export async function expandSection(picker: Locator, part: 'Actions' | 'Triggers', action: string) {
	const wanted = picker.getByTestId('node-creator-item-name').getByText(action, { exact: true });
	const heading = picker.getByText(new RegExp(`^${part} \\(\\d+\\)$`));
	await heading.waitFor();
	if (!(await wanted.isVisible())) await heading.click();
	return wanted;
}

/** Adds a node that has no actions, such as *Manual Trigger*. */
export async function addNode(page: Page, text: string, name: string): Promise<void> {
	await searchNodes(page, text);
	await locateEntry(page, name).click();
	await page.getByTestId('node-creator').waitFor({ state: 'hidden' });
}

/** Adds a node by one of its actions or triggers, and waits until its panel opens. */
export async function addAction(
	page: Page,
	node: string,
	part: 'Actions' | 'Triggers',
	action: string,
): Promise<void> {
	const picker = await openNodeActions(page, node, node);
	await (await expandSection(picker, part, action)).click();
	await page.getByTestId('ndv').waitFor();
}
