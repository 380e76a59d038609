import type { Locator, Page } from 'playwright-core';

import { EXECUTION_TIMEOUT_MS } from './openEditor';

export async function openNewWorkflow(page: Page): Promise<void> {
	await page.goto('/workflow/new');
	await page.getByTestId('canvas-add-button').waitFor();
}

/** Opens a workflow, and waits until its nodes are visible. */
export async function openWorkflow(page: Page, id: string): Promise<void> {
	await page.goto(`/workflow/${id}`);
	await page.getByTestId('canvas-node').first().waitFor();
}

/** Locates a node on the canvas by its name. */
export function nodeOnCanvas(page: Page, name: string): Locator {
	return page.locator(`[data-test-id="canvas-node"][data-node-name="${name}"]`);
}

/** Opens the panel of a node, and waits until its fields are loaded. */
export async function openNode(page: Page, name: string): Promise<void> {
	await nodeOnCanvas(page, name).dblclick();
	await page.getByTestId('ndv').waitFor();
	await page.getByText('Loading fields').first().waitFor({ state: 'hidden' });
}

/** Clicks *Execute workflow*. */
export async function startWorkflow(page: Page): Promise<void> {
	await page.getByTestId('execute-workflow-button').last().click();
}

/** Waits until the manual run ends. @returns the message that shows its result */
export async function waitForRunResult(page: Page): Promise<string> {
	const message = page
		.getByRole('alert')
		.filter({ hasText: /Workflow executed successfully|Problem in node|Problem executing/ });
	await message.first().waitFor({ timeout: EXECUTION_TIMEOUT_MS });
	return await message.first().innerText();
}

/** Publishes the workflow, and closes the editor's explanation. */
export async function publishWorkflow(page: Page): Promise<void> {
	await page.getByTestId('workflow-open-publish-modal-button').click();
	await page.getByTestId('workflow-publish-button').click();
	const explanation = page.getByTestId('activation-modal');
	await explanation.getByRole('button', { name: 'Got it' }).click();
	await explanation.waitFor({ state: 'hidden' });
}

/** Returns the ID of the open workflow. */
export function workflowId(page: Page): string {
	return /\/workflow\/([^/?]+)/.exec(page.url())?.[1] ?? '';
}
