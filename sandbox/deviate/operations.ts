import type { FastifyInstance } from 'fastify';
import type { Operation } from '../contract';
import type { Deviations } from '../deviations';
import { ApiError } from '../errors';

/** Accepts any text as a phone number, where the contract requires E.164. */
function acceptAnyPhone({ body, ...operation }: Operation): Operation {
	if (!body?.properties?.['phone']) return { ...operation, body };
	const properties = { ...body.properties, phone: { type: 'string' } };
	return { ...operation, body: { ...body, properties } };
}

const updateByPatch = (operation: Operation): Operation =>
	operation.operationId === 'updateConversation' ? { ...operation, method: 'PATCH' } : operation;

/** Allows POST /conversations to return 200 as well, since its exact status is not documented. */
function allowStatus200(operation: Operation): Operation {
	if (operation.operationId !== 'createConversation') return operation;
	const { responses } = operation;
	return { ...operation, responses: { ...responses, 200: responses[201] } };
}

/** Applies the deviations to the operations, and registers a 405 for PUT with `patch-only`. */
export function deviateOperations(
	app: FastifyInstance,
	operations: Operation[],
	deviations: Deviations,
): Operation[] {
	let changed = operations;
	if (deviations.has('raw-phones')) changed = changed.map(acceptAnyPhone);
	if (deviations.has('existing-conversations')) changed = changed.map(allowStatus200);
	if (!deviations.has('patch-only')) return changed;
	app.put('/v1/conversations/:conversation_id', async () => {
		throw new ApiError(405, 'Method not allowed');
	});
	return changed.map(updateByPatch);
}
