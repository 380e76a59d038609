import { config } from '@n8n/node-cli/eslint';

export default [
	...config,
	{ ignores: ['test-results/'] },
	{
		// These folders do not ship: n8n's restrictions for community nodes do not apply.
		files: ['benchmarks/**/*.ts', 'sandbox/**/*.ts', 'scripts/**/*.ts', 'test/**/*.ts'],
		rules: {
			'@n8n/community-nodes/no-dangerous-functions': 'off',
			'@n8n/community-nodes/node-connection-type-literal': 'off',
			'@n8n/community-nodes/no-restricted-globals': 'off',
			'@n8n/community-nodes/no-restricted-imports': 'off',
			'@n8n/community-nodes/require-node-api-error': 'off',
			'no-console': 'off',
		},
	},
];
