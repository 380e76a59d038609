import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

import {
	addAction,
	addNode,
	closePanel,
	openCredentialDialog,
	openEditor,
	openNewWorkflow,
	openNode,
	openWorkflow,
	saveCredential,
	searchNodes,
	openNodeActions,
	expandSection,
} from '../editor';
import { createWorkflow, deleteCredential, listCredentials, type StoredWorkflow } from '../n8n';
import { allNodeStates, type NodeState } from './nodeStates';
import { addSandboxCredential, type ScreenshotEnvironment } from './environment';

const COLOR_SCHEMES = ['light', 'dark'] as const;
const WIDTH = 1440;
const HEIGHT = 900;
/** The height for panels with all optional fields, which would scroll otherwise. */
const TALL = 1300;
const COLUMN = 240;

/** Creates a workflow with one node for each state. */
async function importNodeStates(
	environment: ScreenshotEnvironment,
	states: NodeState[],
): Promise<StoredWorkflow> {
	const { id, name } = await addSandboxCredential(environment);
	const credentials = { sahutApi: { id, name } };
	const nodes = states.map(({ name, type, parameters }, index) => ({
		id: name,
		name,
		type,
		typeVersion: 1,
		position: [(index % 8) * COLUMN, Math.floor(index / 8) * COLUMN] as [number, number],
		parameters,
		credentials,
	}));
	return await createWorkflow(environment.session, { name: 'Panels', nodes, connections: {} });
}

type Capture = (name: string) => Promise<void>;

async function captureNodePicker(page: Page, capture: Capture): Promise<void> {
	await openNewWorkflow(page);
	for (const text of ['sahut', 'whatsapp']) {
		await (await searchNodes(page, text)).getByText('Sahut', { exact: true }).waitFor();
		await capture(`picker-${text}`);
	}
	const picker = await openNodeActions(page, 'sahut', 'Sahut');
	await (await expandSection(picker, 'Triggers', 'On message created')).waitFor();
	await capture('picker-triggers');
	await (await expandSection(picker, 'Actions', 'Send a message')).waitFor();
	await capture('picker-actions');
}

async function capturePanels(
	page: Page,
	workflow: StoredWorkflow,
	capture: Capture,
): Promise<void> {
	await openWorkflow(page, workflow.id);
	await capture('canvas');
	for (const { name } of workflow.nodes) {
		const height = name.endsWith('-all-options') ? TALL : HEIGHT;
		await page.setViewportSize({ width: WIDTH, height: HEIGHT });
		await openNode(page, name);
		await page.setViewportSize({ width: WIDTH, height });
		await page.waitForLoadState('networkidle');
		await capture(name);
		await closePanel(page);
	}
}

async function captureCredentialDialog(
	{ session, sandbox }: ScreenshotEnvironment,
	page: Page,
	capture: Capture,
): Promise<void> {
	await openNewWorkflow(page);
	await addNode(page, 'manual', 'Manual Trigger');
	await addAction(page, 'Sahut', 'Actions', 'Send a message');
	await capture('first-use');
	const dialog = await openCredentialDialog(page);
	await capture('credential');
	await saveCredential(page, { apiKey: 'sk_live_wrong', baseUrl: sandbox.url });
	await dialog.getByText('More details').click();
	await capture('credential-refused');
	await saveCredential(page, { apiKey: sandbox.apiKey });
	await dialog.waitFor({ state: 'hidden' });
	await closePanel(page);
	for (const { id } of await listCredentials(session)) await deleteCredential(session, id);
}

/** Takes screenshots of all panels, in one folder for light and one for dark mode. */
export async function takeAllScreenshots(
	environment: ScreenshotEnvironment,
	folder: string,
): Promise<void> {
	for (const colorScheme of COLOR_SCHEMES) {
		const target = join(folder, colorScheme);
		mkdirSync(target, { recursive: true });
		const viewport = { width: WIDTH, height: HEIGHT };
		const editor = await openEditor(environment.browser, environment.n8n, {
			colorScheme,
			viewport,
		});
		const page = await editor.newPage();
		const capture = async (name: string) => {
			await page.screenshot({ path: join(target, `${name}.png`), animations: 'disabled' });
		};
		await captureCredentialDialog(environment, page, capture);
		await captureNodePicker(page, capture);
		await capturePanels(page, await importNodeStates(environment, allNodeStates()), capture);
		for (const { id } of await listCredentials(environment.session)) {
			await deleteCredential(environment.session, id);
		}
		await editor.close();
	}
}
