import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Page } from 'playwright-core';

import { listExampleNames } from '../prepareExamples';
import { importExample, openEditor, openNode, runExample, type EditorLook } from '../editor';
import { captureApprovalPage } from './approvalPage';
import { addSandboxCredential, type ScreenshotEnvironment } from './environment';

const REPOSITORY = resolve(__dirname, '../..');
/** Window sizes in pixels, low enough for a documentation page. */
const CANVAS = { width: 1680, height: 1000 };
const WIDTH = 1440;
const EDITOR = { width: WIDTH, height: 760 };
/** Margin around the nodes, whose names may be wider than the nodes, and the height of a name. */
const MARGIN = 64;
const NAME_HEIGHT = 32;
/** The duration of the canvas animation. */
const ANIMATION_MS = 1_500;

/** The node panels to capture, with the window height in pixels. */
const CRM = 'crm-follow-up';
const APPROVAL = 'ai-draft-approval';
const PANELS = [
	{ example: CRM, node: 'Send template', file: 'send-template', height: 1160 },
	{ example: 'auto-reply-outside-hours', node: 'Customer writes', file: 'trigger', height: 640 },
	{ example: APPROVAL, node: 'Ask the team', file: 'approval', height: 900 },
];

/** A rectangle in window pixels. */
type Area = { x: number; y: number; width: number; height: number };

type Edges = Record<'bottom' | 'left' | 'right' | 'top', number>;

/**
 * Takes a screenshot.
 * @param file relative to the repository
 * @param clip the part of the window. Default: the whole window.
 */
async function capture(page: Page, file: string, clip?: Area): Promise<void> {
	const path = resolve(REPOSITORY, file);
	mkdirSync(dirname(path), { recursive: true });
	// Moves the pointer away, so that it does not trigger hover effects.
	await page.mouse.move(0, 0);
	await page.screenshot({ path, animations: 'disabled', ...(clip && { clip }) });
	console.log(file);
}

/** Zooms to the whole workflow after the notification has disappeared. */
async function fitCanvas(page: Page): Promise<void> {
	await page.getByRole('alert').first().waitFor({ state: 'hidden' });
	await page.getByTestId('zoom-to-fit').click();
	await page.waitForTimeout(ANIMATION_MS);
}

/** Elements that cover the nodes: buttons, tabs and hints. */
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

/** Returns the part of the window with the nodes and sticky notes. */
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

/** Runs an example in a new window, and calls `take` with the page. */
async function withExample(
	environment: ScreenshotEnvironment,
	name: string,
	look: EditorLook,
	take: (page: Page) => Promise<void>,
): Promise<void> {
	const credential = await addSandboxCredential(environment);
	const workflow = await importExample(environment, name, credential);
	const editor = await openEditor(environment.browser, environment.n8n, look);
	const page = await editor.newPage();
	await runExample(page, environment, workflow);
	await fitCanvas(page);
	await take(page);
	await editor.close();
}

/** Updates the screenshots of some examples in `docs/pictures/` and `examples/pictures/`. Default: all. */
export async function updateDocsScreenshots(
	environment: ScreenshotEnvironment,
	names = listExampleNames(),
): Promise<void> {
	for (const name of names) {
		await withExample(environment, name, { viewport: CANVAS }, async (page) => {
			await hideControls(page);
			await capture(page, `examples/pictures/${name}.png`, await nodesArea(page));
		});
	}
	if (names.includes(APPROVAL)) {
		await captureApprovalPage(environment, resolve(REPOSITORY, 'docs/pictures'));
	}
	if (names.includes(CRM)) {
		await withExample(environment, CRM, { viewport: EDITOR }, async (page) => {
			await capture(page, 'docs/pictures/editor.png');
		});
	}
	for (const { example, node, file, height } of PANELS) {
		if (!names.includes(example)) continue;
		await withExample(
			environment,
			example,
			{ viewport: { width: WIDTH, height } },
			async (page) => {
				await openNode(page, node);
				await page.waitForLoadState('networkidle');
				await hideControls(page);
				const area = await page.getByTestId('ndv').boundingBox();
				await capture(page, `docs/pictures/${file}.png`, area ?? undefined);
			},
		);
	}
}
