import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

import {
	addAction,
	addNode,
	closePanel,
	newCredential,
	openEditor,
	openNewWorkflow,
	openNode,
	openWorkflow,
	saveCredential,
	searchNodes,
	showActions,
	unfold,
} from '../editor';
import { createWorkflow, deleteCredential, listCredentials, type StoredWorkflow } from '../n8n';
import { allPoses, type Pose } from './operations';
import { addCredential, type Studio } from './studio';

const COLOUR_SCHEMES = ['light', 'dark'] as const;
const WIDTH = 1440;
const HEIGHT = 900;
/** For the panels with everything added, which would scroll. */
const TALL = 1300;
const COLUMN = 240;

/** One workflow with a node for each pose, named like it. */
async function importPoses(studio: Studio, poses: Pose[]): Promise<StoredWorkflow> {
	const { id, name } = await addCredential(studio);
	const credentials = { sahutApi: { id, name } };
	const nodes = poses.map(({ name, type, parameters }, index) => ({
		id: name,
		name,
		type,
		typeVersion: 1,
		position: [(index % 8) * COLUMN, Math.floor(index / 8) * COLUMN] as [number, number],
		parameters,
		credentials,
	}));
	return await createWorkflow(studio.session, { name: 'Panels', nodes, connections: {} });
}

type Shoot = (name: string) => Promise<void>;

async function shootPicker(page: Page, shoot: Shoot): Promise<void> {
	await openNewWorkflow(page);
	for (const text of ['sahut', 'whatsapp']) {
		await (await searchNodes(page, text)).getByText('Sahut', { exact: true }).waitFor();
		await shoot(`picker-${text}`);
	}
	const picker = await showActions(page, 'sahut', 'Sahut');
	await (await unfold(picker, 'Triggers', 'On message created')).waitFor();
	await shoot('picker-triggers');
	await (await unfold(picker, 'Actions', 'Send a message')).waitFor();
	await shoot('picker-actions');
}

async function shootPanels(page: Page, workflow: StoredWorkflow, shoot: Shoot): Promise<void> {
	await openWorkflow(page, workflow.id);
	await shoot('canvas');
	for (const { name } of workflow.nodes) {
		const height = name.endsWith('-opened') ? TALL : HEIGHT;
		await page.setViewportSize({ width: WIDTH, height: HEIGHT });
		await openNode(page, name);
		await page.setViewportSize({ width: WIDTH, height });
		await page.waitForLoadState('networkidle');
		await shoot(name);
		await closePanel(page);
	}
}

async function shootCredential(
	{ session, sandbox }: Studio,
	page: Page,
	shoot: Shoot,
): Promise<void> {
	await openNewWorkflow(page);
	await addNode(page, 'manual', 'Manual Trigger');
	await addAction(page, 'Sahut', 'Actions', 'Send a message');
	await shoot('first-use');
	const dialog = await newCredential(page);
	await shoot('credential');
	await saveCredential(page, { apiKey: 'sk_live_wrong', baseUrl: sandbox.url });
	await dialog.getByText('More details').click();
	await shoot('credential-refused');
	await saveCredential(page, { apiKey: sandbox.apiKey });
	await dialog.waitFor({ state: 'hidden' });
	await closePanel(page);
	for (const { id } of await listCredentials(session)) await deleteCredential(session, id);
}

/** Takes a picture of every panel, light and dark, into a folder for each. */
export async function shootEverything(studio: Studio, folder: string): Promise<void> {
	for (const colorScheme of COLOUR_SCHEMES) {
		const target = join(folder, colorScheme);
		mkdirSync(target, { recursive: true });
		const viewport = { width: WIDTH, height: HEIGHT };
		const editor = await openEditor(studio.browser, studio.n8n, { colorScheme, viewport });
		const page = await editor.newPage();
		const shoot = async (name: string) => {
			await page.screenshot({ path: join(target, `${name}.png`), animations: 'disabled' });
		};
		await shootCredential(studio, page, shoot);
		await shootPicker(page, shoot);
		await shootPanels(page, await importPoses(studio, allPoses()), shoot);
		for (const { id } of await listCredentials(studio.session)) {
			await deleteCredential(studio.session, id);
		}
		await editor.close();
	}
}
