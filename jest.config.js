const { availableParallelism } = require('node:os');

/** @type {import('jest').Config} */
module.exports = {
	testEnvironment: 'node',
	testMatch: ['<rootDir>/test/**/*.test.ts'],
	// jest.slow.config.js runs the first three; jest.e2e.config.js and jest.queue.config.js run the other two.
	testPathIgnorePatterns: [
		'\\.slow\\.test\\.ts$',
		'<rootDir>/test/checkApi/',
		'<rootDir>/test/package/',
		'<rootDir>/test/e2e/',
		'<rootDir>/test/queue/',
	],
	modulePathIgnorePatterns: ['<rootDir>/dist/'],
	transform: {
		'\\.[jt]sx?$|\\.mjs$': [
			'@swc/jest',
			{
				jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
				module: { type: 'commonjs' },
			},
		],
	},
	// Transforms libraries that are published only as ES modules.
	transformIgnorePatterns: [
		'/node_modules/(?!(@faker-js/faker|github-slugger|@seriousme/openapi-schema-validator)/)',
	],
	testSequencer: '<rootDir>/test/slowestFirst.js',
	// Many tests wait for n8n or for the sandbox. One worker more than there are cores uses these waits.
	maxWorkers: availableParallelism() + 1,
	testTimeout: 30_000,
};
