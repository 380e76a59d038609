// Prints what n8n-core finds in an installed package: node load.mjs <loader class> <folder>
import core from 'n8n-core';

const [loaderClass, folder] = process.argv.slice(2);
const loader = new core[loaderClass](folder);
await loader.loadAll();

process.stdout.write(
	JSON.stringify({
		nodes: loader.types.nodes.map(({ name, iconUrl, codex }) => ({ name, iconUrl, codex })),
		credentials: loader.types.credentials.map(({ name, iconUrl, supportedNodes }) => ({
			name,
			iconUrl,
			supportedNodes,
		})),
	}),
);
