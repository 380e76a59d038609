import { mkdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';

import { launchChromium, openEditor } from '../../../scripts/editor';
import {
	createCredential,
	deleteCredential,
	listCredentials,
	signIn,
	startN8n,
	type RunningN8n,
	type Session,
	type StoredCredential,
} from '../../../scripts/n8n';
import { startSandbox, type Sandbox } from '../../../sandbox';
import { makeN8nHome } from '../n8nHome';
import { credentialFor } from '../../../scripts/n8n/parts';

const PICTURES = resolve(__dirname, '../../../test-results/editor');

/** What a test works with. */
export interface Desk {
	n8n: RunningN8n;
	session: Session;
	/** A window of the editor; new in each test. */
	page: Page;
	/** New in each test. */
	sandbox: Sandbox;
}

/** An n8n and a browser for a file of tests, in which no test has a credential yet. */
export function useDesk(name: string): Desk {
	const desk = {} as Desk;
	let browser: Browser;
	let editor: BrowserContext;

	beforeAll(async () => {
		browser = await launchChromium();
		desk.n8n = await startN8n({ ...(await makeN8nHome(name)), port: 0 });
		desk.session = await signIn(desk.n8n);
		editor = await openEditor(browser, desk.n8n);
	});
	afterAll(async () => {
		await browser?.close();
		await desk.n8n?.stop();
	});
	beforeEach(async () => {
		desk.sandbox = await startSandbox();
		desk.page = await editor.newPage();
	});
	afterEach(async () => {
		for (const { id } of await listCredentials(desk.session)) {
			await deleteCredential(desk.session, id);
		}
		await desk.page?.close();
		await desk.sandbox?.close();
	});
	return desk;
}

/** Stores the credential for the test's sandbox. */
export async function addCredential({ session, sandbox }: Desk): Promise<StoredCredential> {
	return await createCredential(session, credentialFor(sandbox));
}

/** A conversation of the test's sandbox in which a customer has just written. @returns its ID */
export function addConversation({ sandbox: { store } }: Desk, name = 'Budi Santoso'): string {
	const { id } = store.addConversation({ contact: store.addContact({ name }) });
	store.addIncoming(id, 'Halo, apakah barangnya masih ada?');
	return id;
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
