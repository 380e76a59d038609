import type { Locator, Page } from 'playwright-core';

/** Opens the list of executions of a workflow. @returns its entries, newest first */
export async function openExecutions(page: Page, workflowId: string): Promise<Locator> {
	await page.goto(`/workflow/${workflowId}/executions`);
	await page.getByTestId('executions-sidebar').waitFor();
	return page.locator('[data-test-id^="execution-details-"]');
}

/** Opens an execution. */
export async function openExecution(page: Page, workflowId: string, id: string): Promise<void> {
	await page.goto(`/workflow/${workflowId}/executions/${id}`);
	await page.getByTestId(`execution-preview-details-${id}`).waitFor();
}

/** Clicks *Retry* on the open execution, with the original or the current workflow. */
export async function retryExecution(page: Page, workflow: 'current' | 'original'): Promise<void> {
	await page.getByTestId('execution-preview-retry-button').click();
	const choice = workflow === 'current' ? 'currently saved' : 'original';
	await page.getByText(`Retry with ${choice} workflow`).click();
}
