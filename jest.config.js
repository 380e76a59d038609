/** @type {import('jest').Config} */
module.exports = {
	testEnvironment: 'node',
	testMatch: ['<rootDir>/test/**/*.test.ts'],
	// They have configurations of their own: jest.e2e.config.js, jest.queue.config.js.
	testPathIgnorePatterns: ['<rootDir>/test/e2e/', '<rootDir>/test/queue/'],
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
	// Development libraries that are published as ES modules only.
	transformIgnorePatterns: [
		'/node_modules/(?!(@faker-js/faker|github-slugger|@seriousme/openapi-schema-validator)/)',
	],
	testSequencer: '<rootDir>/test/slowestFirst.js',
	// Jest leaves one core free, which on a machine with two is half of it.
	maxWorkers: '100%',
	testTimeout: 30_000,
};
