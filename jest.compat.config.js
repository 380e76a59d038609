const { require: load } = require('tsx/cjs/api');
const { maxWorkers, reporters, testTimeout, ...e2e } = require('./jest.e2e.config.js');
const { RELEASES } = load('./scripts/n8n/releases.ts', __filename);

/** The part of them without a browser, on each n8n that is known. @type {import('jest').Config} */
module.exports = {
	maxWorkers,
	reporters,
	testTimeout,
	verbose: true,
	projects: Object.keys(RELEASES).map((version) => ({
		...e2e,
		displayName: `n8n ${version}`,
		globals: { N8N_VERSION: version },
		testPathIgnorePatterns: ['<rootDir>/test/e2e/editor/', '<rootDir>/test/e2e/start.test.ts'],
	})),
};
