import { listExecutions, type Session } from '../../../scripts/n8n';

/** Creates a session of an n8n that lists these executions. */
const sessionWith = (results: object[]) =>
	({ request: async () => ({ results }) }) as unknown as Session;

test('listExecutions returns an execution once, as stored, if n8n lists it both as running and as stored', async () => {
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
