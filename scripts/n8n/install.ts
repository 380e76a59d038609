import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';

import { cachedFolder } from './cache';
import { npm } from './npm';
import { withProgress, type Log } from './progress';
import { NEWEST, NODE_MAJOR, NODE_VERSION, RELEASES, type N8nVersion } from './releases';

/** The paths of an installed n8n. */
export interface InstalledN8n {
	version: N8nVersion;
	/** The path of the Node.js for n8n. */
	node: string;
	/** The path of the n8n executable. */
	n8n: string;
	/** A PATH that starts with this Node.js. */
	path: string;
}

/** The native modules of n8n that are compiled here. The others are optional. */
const NATIVE_MODULES = ['sqlite3', 'isolated-vm'];

interface Node {
	node: string;
	/** The folder of its C++ headers, if it was downloaded: n8n's modules need those of this version. */
	headers?: string;
}

async function writeManifest(folder: string, manifest: object): Promise<void> {
	const text = JSON.stringify({ private: true, ...manifest }, null, '\t');
	await writeFile(join(folder, 'package.json'), text);
}

function headersIn(folder: string): string | undefined {
	return readdirSync(folder)
		.map((name) => join(folder, name))
		.find((candidate) => existsSync(join(candidate, 'include/node/node.h')));
}

/** Returns the Node.js of this process if its version suits n8n. Otherwise installs one from npm. */
async function installNode(log: Log): Promise<Node> {
	if (Number.parseInt(process.versions.node) === NODE_MAJOR) return { node: process.execPath };
	const folder = await cachedFolder(
		`node-${NODE_MAJOR}`,
		`node@${NODE_VERSION}`,
		log,
		async (partial) => {
			log(`Installing Node.js ${NODE_VERSION} for n8n (200 MB, about 15 seconds) …`);
			const dependencies = { node: NODE_VERSION };
			await writeManifest(partial, { dependencies, allowScripts: { node: true } });
			await npm(['install', '--ignore-scripts=false'], partial);
		},
	);
	const modules = join(folder, 'node_modules');
	const headers = headersIn(join(modules, 'node/node_modules'));
	return {
		node: join(modules, '.bin/node'),
		...(headers !== undefined && { headers }),
	};
}

/**
 * Installs n8n into the user's cache folder, and Node.js 24 if this process runs on another version.
 * Takes minutes the first time. Later calls return at once.
 * @throws {Error} with the last lines of npm when npm fails.
 */
export async function installN8n(
	version: N8nVersion = NEWEST,
	log: Log = console.error,
): Promise<InstalledN8n> {
	const { node, headers } = await installNode(log);
	const path = [dirname(node), process.env['PATH']].join(delimiter);
	const name = `n8n@${version}`;
	const folder = await cachedFolder(`n8n-${version}`, name, log, async (partial) => {
		const { overrides, gigabytes, minutes } = RELEASES[version];
		log(`Installing n8n ${version}, once (${gigabytes} GB, about ${minutes} minutes) …`);
		const allowScripts = Object.fromEntries(NATIVE_MODULES.map((module) => [module, true]));
		await writeManifest(partial, { dependencies: { n8n: version }, overrides, allowScripts });
		const env = { ...process.env, PATH: path };
		const fetched = npm(['install', '--ignore-scripts'], partial, env);
		await withProgress(`Downloading n8n ${version}`, partial, log, fetched);
		const rebuild = ['rebuild', '--ignore-scripts=false', ...NATIVE_MODULES];
		const compiled = npm(rebuild, partial, {
			...env,
			...(headers && { npm_config_nodedir: headers }),
		});
		await withProgress(`Compiling ${NATIVE_MODULES.join(' and ')}`, partial, log, compiled);
	});
	return { version, node, n8n: join(folder, 'node_modules/.bin/n8n'), path };
}
