import { listExecutions, type Session } from '../../../scripts/n8n';

/** A session of an n8n that lists these executions. */
const sessionWith = (results: object[]) =>
	({ request: async () => ({ results }) }) as unknown as Session;

test('an execution that n8n lists as running and as stored is listed once, as stored', async () => {
	const session = sessionWith([
		{ id: '3', status: 'running' },
		{ id: '2', status: 'running' },
		{ id: '2', status: 'success' },
		{ id: '1', status: 'error' },
	]);

	const executions = await listExecutions(session);

	expect(executions).toEqual([
		{ id: '3', status: 'running' },
		{ id: '2', status: 'success' },
		{ id: '1', status: 'error' },
	]);
});
