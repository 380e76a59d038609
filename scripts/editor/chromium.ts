import { existsSync } from 'node:fs';
import { chromium, selectors, type Browser } from 'playwright-core';

/** Where Debian, Ubuntu and others put it. */
const USUAL_PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** It works as root and without a graphics card, and leaves the internet alone. */
const FLAGS = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

function chromiumPath(): string {
	const chosen = process.env['CHROMIUM_PATH'];
	const found = (chosen ? [chosen] : USUAL_PATHS).find((path) => existsSync(path));
	if (found !== undefined) return found;
	throw new Error(
		`There is no Chromium${chosen ? ` at ${chosen}` : ''}. Install one (apt-get install chromium), or put the path of yours into CHROMIUM_PATH.`,
	);
}

/**
 * Starts this machine's Chromium, without a window.
 * @throws {Error} that says how to install one when there is none.
 */
export async function launchChromium(): Promise<Browser> {
	selectors.setTestIdAttribute('data-test-id');
	return await chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
}
