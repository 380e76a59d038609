const base = require('./jest.config.js');

/** Tests that run a real n8n. @type {import('jest').Config} */
module.exports = {
	...base,
	testMatch: ['<rootDir>/test/e2e/**/*.test.ts'],
	testPathIgnorePatterns: [],
	globalSetup: '<rootDir>/test/e2e/install.ts',
	reporters: ['default', '<rootDir>/test/e2e/logReporter.js'],
	// One after the other: an n8n takes a core and half a gigabyte.
	maxWorkers: 1,
	testTimeout: 5 * 60_000,
};
