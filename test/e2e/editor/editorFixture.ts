import { mkdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { INode } from 'n8n-workflow';
import type { Browser, BrowserContext, Page } from 'playwright-core';

import { launchChromium, openEditor, openNode, openWorkflow } from '../../../scripts/editor';
import { createWorkflow } from '../../../scripts/n8n';
import { chain, manualTrigger, sahut } from '../../../scripts/n8n/workflowBuilder';
import { addCredential, useN8n, type N8nFixture } from '../n8nFixture';

const SCREENSHOTS = resolve(__dirname, '../../../test-results/editor');

/** The name of the node that {@link openStoredNode} opens. */
export const NODE_NAME = 'Sahut';

/** A running n8n with a browser, and a sandbox for each test. */
export interface EditorFixture extends N8nFixture {
	/** The browser page of the current test. */
	page: Page;
}

/**
 * Starts an n8n and a browser for the tests of a file.
 *
 * @param name the name of n8n's log file
 */
export function useEditor(name: string): EditorFixture {
	// The sandbox has its sample data.
	const fixture = useN8n(name, { data: undefined }) as EditorFixture;
	let browser: Browser;
	let editor: BrowserContext;

	beforeAll(async () => {
		browser = await launchChromium();
		editor = await openEditor(browser, fixture.n8n);
	});
	afterAll(async () => await browser?.close());
	beforeEach(async () => {
		fixture.page = await editor.newPage();
	});
	afterEach(async () => await fixture.page?.close());
	return fixture;
}

/** Stores a workflow with a Sahut node, and opens the node in the editor. */
export async function openStoredNode(
	fixture: EditorFixture,
	parameters: INode['parameters'],
): Promise<void> {
	const { id: credential } = await addCredential(fixture);
	const nodes = [manualTrigger('Start'), sahut(NODE_NAME, credential, parameters)];
	const { id } = await createWorkflow(fixture.session, chain('In the editor', ...nodes));
	await openWorkflow(fixture.page, id);
	await openNode(fixture.page, NODE_NAME);
}

/** Takes a screenshot of a failed test. @returns its path */
async function takeScreenshot(page: Page, title: string): Promise<string> {
	mkdirSync(SCREENSHOTS, { recursive: true });
	const path = join(SCREENSHOTS, `${title.replaceAll(/[^\w]+/g, '-')}.png`);
	await page.screenshot({ path });
	return relative(process.cwd(), path);
}

/** Defines a test. If it fails, its error states the path of a screenshot. */
export function testInEditor(
	fixture: EditorFixture,
	title: string,
	test: () => Promise<void>,
): void {
	it(title, async () => {
		await test().catch(async (cause: Error) => {
			const screenshot = await takeScreenshot(fixture.page, title);
			throw new Error(`${cause.message}\n\nScreenshot: ${screenshot}`, { cause });
		});
	});
}
