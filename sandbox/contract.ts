import { join } from 'node:path';
import responseValidation from '@fastify/response-validation';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { FastifyInstance, RouteOptions } from 'fastify';
import { fastifyOpenapiGlue } from 'fastify-openapi-glue';

/** The one description of the API: requests and answers are checked against it. */
export const CONTRACT_FILE = join(__dirname, '..', 'docs', 'sahut-openapi.yaml');

const JSON_MEDIA_TYPE = 'application/json';

/** The parts of a route's schema that the glue writes. */
interface ContractSchema {
	body?: Content;
	querystring?: object;
	params?: object;
	response: Record<string, Content>;
}

interface Content {
	content: Record<string, { schema: object }>;
}

/** A validator for the schemas of the contract. */
export function newAjv(options: ConstructorParameters<typeof Ajv2020>[0] = {}): Ajv2020 {
	// The glue has checked the file; to check its schemas once more is a third of the time to start.
	const ajv = new Ajv2020({ allowUnionTypes: true, validateSchema: false, ...options });
	addFormats(ajv);
	return ajv;
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null;
}

/**
 * Has every object with listed properties refuse others. The published file leaves that open, since
 * Sahut may add fields; the sandbox is stricter, so that a client which sends an undocumented field is
 * caught, and so is the sandbox when it answers with one.
 */
function closeObjects(schema: unknown): void {
	if (!isRecord(schema)) return;
	if (schema['type'] === 'object' && isRecord(schema['properties'])) {
		schema['additionalProperties'] ??= false;
	}
	for (const part of Object.values(schema)) closeObjects(part);
}

function adaptRoute(route: RouteOptions, closed: Map<string, object>): void {
	const schema = route.schema as ContractSchema | undefined;
	if (!schema) return;
	closeObjects(schema);
	// Ajv compiles an object once: most answers share the one schema of an error.
	for (const media of Object.values(schema.response).flatMap(({ content }) =>
		Object.values(content),
	)) {
		const text = JSON.stringify(media.schema);
		media.schema = closed.get(text) ?? media.schema;
		closed.set(text, media.schema);
	}
	// Fastify picks a body schema by content type and checks nothing when there is none. Only JSON
	// is ever parsed, so the one schema always applies.
	if (schema.body) route.schema = { ...schema, body: schema.body.content[JSON_MEDIA_TYPE]?.schema };
	// The glue checks the key after the request; whose request it is comes first.
	route.preValidation = route.preHandler as RouteOptions['preValidation'];
	delete route.preHandler;
}

/**
 * Gives the server the contract's routes under `/v1`. Handlers are found by operationId; a request
 * that breaks the contract is refused, an answer that does becomes an error of the server.
 */
export async function registerContract(
	app: FastifyInstance,
	handlers: { serviceHandlers: object; securityHandlers: object },
): Promise<void> {
	const queryAjv = newAjv({ coerceTypes: true, useDefaults: true });
	const bodyAjv = newAjv();
	app.setValidatorCompiler(({ schema, httpPart }) =>
		(httpPart === 'querystring' ? queryAjv : bodyAjv).compile(schema as object),
	);
	// Fastify's own serializer would drop or convert what the contract does not allow before
	// anyone sees it.
	app.setSerializerCompiler(() => JSON.stringify);
	const closedSchemas = new Map<string, object>();
	app.addHook('onRoute', (route) => adaptRoute(route, closedSchemas));
	await app.register(responseValidation, { ajv: newAjv(), responseStatusCodeValidation: true });
	await app.register(fastifyOpenapiGlue, {
		specification: CONTRACT_FILE,
		prefix: 'v1',
		...handlers,
	});
}
