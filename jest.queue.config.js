const e2e = require('./jest.e2e.config.js');

/** Tests with a real n8n in queue mode. @type {import('jest').Config} */
module.exports = {
	...e2e,
	testMatch: ['<rootDir>/test/queue/**/*.test.ts'],
};
