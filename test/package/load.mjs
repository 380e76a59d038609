// Prints the nodes and credentials that each loader of n8n-core finds in an unpacked package, and the
// package's exports: node load.mjs <folder>
import { createRequire } from 'node:module';
import core from 'n8n-core';

const [, , folder] = process.argv;

async function load(Loader) {
	const loader = new Loader(folder);
	await loader.loadAll();
	const { nodes, credentials } = loader.types;
	return {
		nodes: nodes.map(({ name, iconUrl, codex }) => ({ name, iconUrl, codex })),
		credentials: credentials.map(({ name, iconUrl, supportedNodes }) => ({
			name,
			iconUrl,
			supportedNodes,
		})),
	};
}

process.stdout.write(
	JSON.stringify({
		justInstalled: await load(core.PackageDirectoryLoader),
		atLaterStarts: await load(core.LazyPackageDirectoryLoader),
		exported: Object.keys(createRequire(import.meta.url)(folder)),
	}),
);
