// Prints how many milliseconds n8n-core takes to load a package: node loadPackage.cjs <folder>
// n8n-core is loaded before the measurement, as in n8n. NODE_PATH is the folder of n8n's packages.
const core = require.resolve('n8n-core', { paths: [process.env.NODE_PATH] });
const { LazyPackageDirectoryLoader } = require(core);

const begun = performance.now();
new LazyPackageDirectoryLoader(process.argv[2])
	.loadAll()
	.then(() => process.stdout.write(String(performance.now() - begun)));
