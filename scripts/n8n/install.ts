import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';

import { cachedFolder } from './cache';
import { npm } from './npm';
import { withProgress, type Log } from './progress';
import { NEWEST, NODE_MAJOR, NODE_VERSION, RELEASES, type N8nVersion } from './releases';

export interface InstalledN8n {
	version: N8nVersion;
	/** The Node.js that it runs on. */
	node: string;
	/** Its executable. */
	n8n: string;
	/** A PATH on which this Node.js comes first. */
	path: string;
}

/** The parts of n8n that are compiled on this machine; the other native ones are optional. */
const NATIVE_MODULES = ['sqlite3', 'isolated-vm'];

interface Node {
	node: string;
	/** Where its C++ headers are, if it was fetched: those of another version would not fit. */
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

/** This process's Node.js, or one that npm brings. */
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
 * Installs n8n, and Node.js 24 if another one is running, into the user's cache folder. Takes
 * minutes the first time and nothing from then on.
 * @throws {Error} with npm's last lines when npm fails.
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
		await withProgress(`Fetching n8n ${version}`, partial, log, fetched);
		const rebuild = ['rebuild', '--ignore-scripts=false', ...NATIVE_MODULES];
		const compiled = npm(rebuild, partial, {
			...env,
			...(headers && { npm_config_nodedir: headers }),
		});
		await withProgress(`Compiling ${NATIVE_MODULES.join(' and ')}`, partial, log, compiled);
	});
	return { version, node, n8n: join(folder, 'node_modules/.bin/n8n'), path };
}
