const base = require('./jest.config.js');

/** The slow tests, which `npm run test:full` runs after `npm test`. @type {import('jest').Config} */
module.exports = {
	...base,
	testMatch: [
		'<rootDir>/test/**/*.slow.test.ts',
		'<rootDir>/test/checkApi/**/*.test.ts',
		'<rootDir>/test/package/**/*.test.ts',
	],
	testPathIgnorePatterns: [],
	// These tests calculate more than they wait.
	maxWorkers: '100%',
	testTimeout: 120_000,
};
