import type { Locator, Page } from 'playwright-core';

/** Opens the executions of a workflow. @returns the entries of the list, newest first */
export async function openExecutions(page: Page, workflowId: string): Promise<Locator> {
	await page.goto(`/workflow/${workflowId}/executions`);
	await page.getByTestId('executions-sidebar').waitFor();
	return page.locator('[data-test-id^="execution-details-"]');
}

/** Opens one execution. */
export async function openExecution(page: Page, workflowId: string, id: string): Promise<void> {
	await page.goto(`/workflow/${workflowId}/executions/${id}`);
	await page.getByTestId(`execution-preview-details-${id}`).waitFor();
}

/** Presses *Retry* on the execution that is open, with the workflow as it was then or as it is now. */
export async function retryExecution(page: Page, workflow: 'current' | 'original'): Promise<void> {
	await page.getByTestId('execution-preview-retry-button').click();
	const choice = workflow === 'current' ? 'currently saved' : 'original';
	await page.getByText(`Retry with ${choice} workflow`).click();
}
