const base = require('./jest.config.js');

/** Tests with a real n8n: version N8N_VERSION, or the newest known one. @type {import('jest').Config} */
module.exports = {
	...base,
	testMatch: ['<rootDir>/test/e2e/**/*.test.ts'],
	testPathIgnorePatterns: [],
	globals: { N8N_VERSION: process.env.N8N_VERSION || undefined },
	globalSetup: '<rootDir>/test/e2e/install.ts',
	reporters: ['default', '<rootDir>/test/e2e/logReporter.js'],
	// One n8n uses about one core and half a gigabyte of memory.
	maxWorkers: 2,
	testTimeout: 5 * 60_000,
};
