const {
	maxWorkers,
	reporters,
	testSequencer,
	testTimeout,
	...e2e
} = require('./jest.e2e.config.js');
const releases = require('./scripts/n8n/knownReleases.json');

/** The e2e tests without a browser, on each known n8n release. @type {import('jest').Config} */
module.exports = {
	maxWorkers,
	reporters,
	testSequencer,
	testTimeout,
	verbose: true,
	projects: Object.keys(releases).map((version) => ({
		...e2e,
		displayName: `n8n ${version}`,
		globals: { N8N_VERSION: version },
		testPathIgnorePatterns: [
			'<rootDir>/test/e2e/editor/',
			'<rootDir>/test/e2e/nodeSearch.test.ts',
			'<rootDir>/test/e2e/start.test.ts',
		],
	})),
};
