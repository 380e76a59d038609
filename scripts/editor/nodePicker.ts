import type { Locator, Page } from 'playwright-core';

/** One line of the node picker: the name of a node or of an action. */
function entry(page: Page, name: string): Locator {
	return page.getByTestId('node-creator-item-name').getByText(name, { exact: true });
}

/** Opens the list of all nodes, and types into its search. @returns the names that it shows */
export async function searchNodes(page: Page, text: string): Promise<Locator> {
	const picker = page.getByTestId('node-creator');
	if (!(await picker.isVisible())) await page.keyboard.press('n');
	await picker.waitFor();
	await picker.locator('input').fill(text);
	return page.getByTestId('node-creator-item-name');
}

/** Searches for a node, and opens what it can do: its actions and triggers, under headings. */
export async function showActions(page: Page, text: string, node: string): Promise<Locator> {
	await searchNodes(page, text);
	await entry(page, node).click();
	const picker = page.getByTestId('node-creator');
	await picker.getByText(/^Actions \(\d+\)$/).waitFor();
	return picker;
}

/** Unfolds the part of the actions or triggers, as n8n unfolds one of them only. */
export async function unfold(picker: Locator, part: 'Actions' | 'Triggers', action: string) {
	const wanted = picker.getByTestId('node-creator-item-name').getByText(action, { exact: true });
	const heading = picker.getByText(new RegExp(`^${part} \\(\\d+\\)$`));
	await heading.waitFor();
	if (!(await wanted.isVisible())) await heading.click();
	return wanted;
}

/** Adds a node without actions, such as *Manual Trigger*. */
export async function addNode(page: Page, text: string, name: string): Promise<void> {
	await searchNodes(page, text);
	await entry(page, name).click();
	await page.getByTestId('node-creator').waitFor({ state: 'hidden' });
}

/** Adds a node by one of its actions or triggers; its panel opens. */
export async function addAction(
	page: Page,
	node: string,
	part: 'Actions' | 'Triggers',
	action: string,
): Promise<void> {
	const picker = await showActions(page, node, node);
	await (await unfold(picker, part, action)).click();
	await page.getByTestId('ndv').waitFor();
}
