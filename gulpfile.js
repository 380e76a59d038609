const { spawn } = require('node:child_process');

const { dest, parallel, series, src } = require('gulp');

const ASSETS = ['icons/*.svg', 'nodes/**/*.node.json', 'nodes/**/__schema__/**/*.json'];

// Without `encoding: false`, gulp 5 reads all files as UTF-8, which corrupts binary images.
exports.assets = () => src(ASSETS, { base: '.', encoding: false }).pipe(dest('dist'));

/** Creates a task that runs an npm script, and fails if the script does. */
function npmRun(script) {
	const task = () => spawn(`npm run ${script}`, { shell: true, stdio: 'inherit' });
	task.displayName = script;
	return task;
}

// The lint takes as long as the other two together.
exports.check = parallel(npmRun('lint'), series(npmRun('typecheck'), npmRun('format:check')));
