import type { FastifyInstance } from 'fastify';
import type { Operation } from '../contract';
import type { Deviations } from '../deviations';
import { ApiError } from '../errors';

/** The contract wants E.164 there. */
function takingAnyPhone({ body, ...operation }: Operation): Operation {
	if (!body?.properties?.['phone']) return { ...operation, body };
	const properties = { ...body.properties, phone: { type: 'string' } };
	return { ...operation, body: { ...body, properties } };
}

const byPatch = (operation: Operation): Operation =>
	operation.operationId === 'updateConversation' ? { ...operation, method: 'PATCH' } : operation;

/** Lets POST /conversations answer 200 as well: its exact status is not documented. */
function answering200(operation: Operation): Operation {
	if (operation.operationId !== 'createConversation') return operation;
	const { responses } = operation;
	return { ...operation, responses: { ...responses, 200: responses[201] } };
}

/** The operations as this server takes them. */
export function deviateOperations(
	app: FastifyInstance,
	operations: Operation[],
	deviations: Deviations,
): Operation[] {
	let taken = operations;
	if (deviations.has('raw-phones')) taken = taken.map(takingAnyPhone);
	if (deviations.has('existing-conversations')) taken = taken.map(answering200);
	if (!deviations.has('patch-only')) return taken;
	app.put('/v1/conversations/:conversation_id', async () => {
		throw new ApiError(405, 'Method not allowed');
	});
	return taken.map(byPatch);
}
