import { mkdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { INode } from 'n8n-workflow';
import type { Browser, BrowserContext, Page } from 'playwright-core';

import { launchChromium, openEditor, openNode, openWorkflow } from '../../../scripts/editor';
import { createWorkflow } from '../../../scripts/n8n';
import { chain, manualTrigger, sahut } from '../../../scripts/n8n/workflowBuilder';
import { addCredential, useN8n, type Bench } from '../useN8n';

const PICTURES = resolve(__dirname, '../../../test-results/editor');

/** The node that `openStored` opens. */
export const NODE = 'Sahut';

/** What a test works with. */
export interface Desk extends Bench {
	/** A window of the editor; new in each test. */
	page: Page;
}

/** An n8n and a browser for a file of tests. */
export function useDesk(name: string): Desk {
	// As much as the sandbox has by itself.
	const desk = useN8n(name, { data: undefined }) as Desk;
	let browser: Browser;
	let editor: BrowserContext;

	beforeAll(async () => {
		browser = await launchChromium();
		editor = await openEditor(browser, desk.n8n);
	});
	afterAll(async () => await browser?.close());
	beforeEach(async () => {
		desk.page = await editor.newPage();
	});
	afterEach(async () => await desk.page?.close());
	return desk;
}

/** Stores a workflow with a Sahut node, and opens the panel of that node. */
export async function openStored(desk: Desk, parameters: INode['parameters']): Promise<void> {
	const { id: credential } = await addCredential(desk);
	const nodes = [manualTrigger('Start'), sahut(NODE, credential, parameters)];
	const { id } = await createWorkflow(desk.session, chain('In the editor', ...nodes));
	await openWorkflow(desk.page, id);
	await openNode(desk.page, NODE);
}

async function takePicture(page: Page, test: string): Promise<string> {
	mkdirSync(PICTURES, { recursive: true });
	const path = join(PICTURES, `${test.replaceAll(/[^\w]+/g, '-')}.png`);
	await page.screenshot({ path });
	return relative(process.cwd(), path);
}

/** A test whose failure leaves a picture of the window behind, and says where. */
export function testInEditor(desk: Desk, behaviour: string, test: () => Promise<void>): void {
	it(behaviour, async () => {
		await test().catch(async (cause: Error) => {
			const picture = await takePicture(desk.page, behaviour);
			throw new Error(`${cause.message}\n\nThe window at that time: ${picture}`, { cause });
		});
	});
}
