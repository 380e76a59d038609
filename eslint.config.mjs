import { config } from '@n8n/node-cli/eslint';

/** The files that read values of unknown types: HTTP, deliveries, parameters and stored records. */
const BOUNDARIES = [
	'nodes/Sahut/api/contacts.ts',
	'nodes/Sahut/approval/answer.ts',
	'nodes/Sahut/approval/question.ts',
	'nodes/Sahut/approval/wait.ts',
	'nodes/Sahut/api/conversations.ts',
	'nodes/Sahut/api/messages.ts',
	'nodes/Sahut/transport/**',
	'nodes/Sahut/trigger/**',
	'nodes/Sahut/values/**',
	'nodes/Sahut/runtime/cancellation.ts',
	'nodes/Sahut/runtime/ledger.ts',
	'nodes/Sahut/runtime/parameterSource.ts',
	'nodes/Sahut/runtime/params.ts',
];

export default [
	...config,
	{ ignores: ['test-results/'] },
	{
		files: ['nodes/**/*.ts'],
		ignores: BOUNDARIES,
		rules: {
			'no-restricted-syntax': [
				'error',
				{
					selector: 'TSAsExpression:not([typeAnnotation.typeName.name="const"])',
					message: 'Use type casts only in the files that CONTRIBUTING.md names.',
				},
			],
		},
	},
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
