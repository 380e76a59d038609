import { existsSync } from 'node:fs';
import { chromium, selectors, type Browser } from 'playwright-core';

/** The installation paths on Debian, Ubuntu and others. */
const USUAL_PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Chromium needs these to run as root, without a GPU and without background requests. */
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
		`Chromium was not found${chosen ? ` at ${chosen}` : ''}. Install it (apt-get install chromium), or set CHROMIUM_PATH to its path.`,
	);
}

/**
 * Starts the installed Chromium without a window.
 * @throws {Error} with installation advice when there is none.
 */
export async function launchChromium(): Promise<Browser> {
	selectors.setTestIdAttribute('data-test-id');
	return await chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
}
