import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Page } from 'playwright-core';

import { exampleNames } from '../readyExamples';
import { importExample, openEditor, openNode, runExample, type EditorLook } from '../editor';
import { addCredential, type Studio } from './studio';

const REPOSITORY = resolve(__dirname, '../..');
/** Windows, in pixels: low enough for a page of documentation. */
const CANVAS = { width: 1680, height: 1000 };
const WIDTH = 1440;
const EDITOR = { width: WIDTH, height: 760 };
/** Around the nodes, whose names may be wider than they are; and for the name below a node. */
const MARGIN = 64;
const NAME_HEIGHT = 32;
/** The canvas moves there in steps. */
const MOVING_MS = 1_500;

/** Whose panels are shown, in a window of which height. */
const CRM = 'crm-follow-up';
const PANELS = [
	{ example: CRM, node: 'Send template', file: 'send-template', height: 1160 },
	{ example: 'auto-reply-outside-hours', node: 'Customer writes', file: 'trigger', height: 640 },
];

/** In pixels of the window. */
type Area = { x: number; y: number; width: number; height: number };

type Edges = Record<'bottom' | 'left' | 'right' | 'top', number>;

/** @param clip the part of the window that is wanted; default: all of it */
async function shoot(page: Page, file: string, clip?: Area): Promise<void> {
	const path = resolve(REPOSITORY, file);
	mkdirSync(dirname(path), { recursive: true });
	// Away from what would change under the pointer.
	await page.mouse.move(0, 0);
	await page.screenshot({ path, animations: 'disabled', ...(clip && { clip }) });
	console.log(file);
}

/** Shows all of the workflow, with nothing over it. */
async function fitCanvas(page: Page): Promise<void> {
	await page.getByRole('alert').first().waitFor({ state: 'hidden' });
	await page.getByTestId('zoom-to-fit').click();
	await page.waitForTimeout(MOVING_MS);
}

/** What lies over the nodes: buttons, tabs, and the hints that n8n gives once. */
const HIDDEN = [
	'[data-test-id="canvas-controls"]',
	'[data-test-id="canvas-minimap"]',
	'[data-test-id^="execute-workflow-button"]',
	'[data-test-id="radio-button-workflow"]',
	'div:has(> [role="radiogroup"] [data-test-id="radio-button-workflow"])',
	'[role="radiogroup"]:has([data-test-id="radio-button-workflow"])',
	'.el-popper',
	'[role="tooltip"]',
	'[data-reka-popper-content-wrapper]',
];

async function hideControls(page: Page): Promise<void> {
	const content = `${HIDDEN.join(', ')} { visibility: hidden !important }`;
	await page.addStyleTag({ content });
}

/** The part of the window that holds nodes and notes, in pixels. */
async function nodesArea(page: Page): Promise<Area> {
	const boxes = await page
		.locator('.vue-flow__node')
		.evaluateAll((nodes) => nodes.map((node) => node.getBoundingClientRect().toJSON() as Edges));
	const canvas = await page
		.locator('.vue-flow')
		.first()
		.evaluate((element) => element.getBoundingClientRect().toJSON() as Edges);
	const left = Math.min(...boxes.map((box) => box.left)) - MARGIN;
	const top = Math.max(Math.min(...boxes.map((box) => box.top)) - MARGIN, canvas.top);
	const right = Math.max(...boxes.map((box) => box.right)) + MARGIN;
	const lowest = Math.max(...boxes.map((box) => box.bottom)) + MARGIN + NAME_HEIGHT;
	const bottom = Math.min(lowest, canvas.bottom);
	return { x: left, y: top, width: right - left, height: bottom - top };
}

/** Runs an example in a window of its own, and takes a picture. */
async function withExample(
	studio: Studio,
	name: string,
	look: EditorLook,
	take: (page: Page) => Promise<void>,
): Promise<void> {
	const credential = await addCredential(studio);
	const workflow = await importExample(studio, name, credential);
	const editor = await openEditor(studio.browser, studio.n8n, look);
	const page = await editor.newPage();
	await runExample(page, studio, workflow);
	await fitCanvas(page);
	await take(page);
	await editor.close();
}

/** Renews the pictures in `docs/pictures/` and `examples/pictures/`. */
export async function shootForDocs(studio: Studio): Promise<void> {
	for (const name of exampleNames()) {
		await withExample(studio, name, { viewport: CANVAS }, async (page) => {
			await hideControls(page);
			await shoot(page, `examples/pictures/${name}.png`, await nodesArea(page));
		});
	}
	await withExample(studio, CRM, { viewport: EDITOR }, async (page) => {
		await shoot(page, 'docs/pictures/editor.png');
	});
	for (const { example, node, file, height } of PANELS) {
		await withExample(studio, example, { viewport: { width: WIDTH, height } }, async (page) => {
			await openNode(page, node);
			await page.waitForLoadState('networkidle');
			await hideControls(page);
			const area = await page.getByTestId('ndv').boundingBox();
			await shoot(page, `docs/pictures/${file}.png`, area ?? undefined);
		});
	}
}
