import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { load } from 'js-yaml';
import { ApiError } from './errors';

/** The contract. Requests and responses are validated against it. */
const CONTRACT_FILE = join(__dirname, '..', 'docs', 'sahut-openapi.yaml');

/** The parts of a JSON schema that are used here. References are resolved. */
export interface Schema {
	type?: string;
	properties?: Record<string, Schema>;
	additionalProperties?: unknown;
	items?: Schema;
	anyOf?: Schema[];
}

interface Content {
	content?: { 'application/json': { schema: Schema } };
}

interface Documented {
	operationId: string;
	parameters?: Array<{ name: string; in: string; schema: Schema }>;
	requestBody?: Content;
	responses: Record<string, Content>;
}

interface Specification {
	paths: Record<string, Record<string, Documented>>;
	webhooks: { event: { post: Documented } };
}

/** An operation of the API, such as `GET /contacts`. */
export interface Operation {
	operationId: string;
	/** Upper case. */
	method: HTTPMethods;
	/** Such as `/contacts/{contact_id}`. */
	path: string;
	query: Schema;
	body: Schema | undefined;
	/** By status. Undefined for a response without a body. */
	responses: Record<string, Schema | undefined>;
}

/** The parts of the OpenAPI file that the sandbox uses. */
export interface Contract {
	operations: Operation[];
	/** The body of a webhook delivery. */
	delivery: Schema | undefined;
}

/** Handles the requests of an operation. Returns the body of the response. */
export type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/** Creates a validator for the schemas of the contract. It does not validate the schemas: a test does. */
export function createAjv(options: ConstructorParameters<typeof Ajv2020>[0] = {}): Ajv2020 {
	const ajv = new Ajv2020({ allowUnionTypes: true, validateSchema: false, ...options });
	addFormats(ajv);
	return ajv;
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null;
}

/** Replaces each reference by its target object, which several places then share. Changes `part`. */
function resolve(part: unknown, whole: unknown): unknown {
	if (!isRecord(part)) return part;
	if (typeof part['$ref'] === 'string') {
		const names = part['$ref'].split('/').slice(1);
		const named = names.reduce((at, name) => (at as Record<string, unknown>)[name], whole);
		return resolve(named, whole);
	}
	for (const [name, value] of Object.entries(part)) part[name] = resolve(value, whole);
	return part;
}

const schemaOf = ({ content }: Content = {}) => content?.['application/json'].schema;

function toOperation(path: string, method: string, documented: Documented): Operation {
	const { operationId, parameters = [], requestBody, responses } = documented;
	const inQuery = parameters.filter((parameter) => parameter.in === 'query');
	return {
		operationId,
		method: method.toUpperCase(),
		path,
		query: {
			type: 'object',
			properties: Object.fromEntries(inQuery.map(({ name, schema }) => [name, schema])),
		},
		body: schemaOf(requestBody),
		responses: Object.fromEntries(
			Object.entries(responses).map(([status, response]) => [status, schemaOf(response)]),
		),
	};
}

/** Reads docs/sahut-openapi.yaml. */
export function readContract(): Contract {
	const whole = load(readFileSync(CONTRACT_FILE, 'utf8')) as object;
	const { paths, webhooks } = resolve(whole, whole) as Specification;
	const operations = Object.entries(paths).flatMap(([path, methods]) =>
		Object.entries(methods)
			// Path items also contain parameters, which have no operationId.
			.filter(([, { operationId }]) => operationId)
			.map(([method, documented]) => toOperation(path, method, documented)),
	);
	return { operations, delivery: schemaOf(webhooks.event.post.requestBody) };
}

/**
 * Forbids undocumented properties in all objects with listed properties. The published file allows them,
 * since Sahut may add fields. The sandbox forbids them, to catch clients that send undocumented fields, and
 * its own responses that contain some.
 */
function forbidUndocumentedProperties(schema: unknown): void {
	if (!isRecord(schema)) return;
	if (schema['type'] === 'object' && isRecord(schema['properties'])) {
		schema['additionalProperties'] ??= false;
	}
	for (const part of Object.values(schema)) forbidUndocumentedProperties(part);
}

// All sandboxes of a process share the contract and the validators: compiling takes most of the startup.
let strict: Operation[] | undefined;
const queryAjv = createAjv({ coerceTypes: true, useDefaults: true });
const bodyAjv = createAjv();
const responseAjv = createAjv({ allErrors: true });

/** Returns the operations of the contract, with schemas that forbid undocumented properties. */
export function getStrictOperations(): Operation[] {
	if (!strict) {
		strict = readContract().operations;
		forbidUndocumentedProperties(strict);
	}
	return strict;
}

/** Makes all routes of the server use the shared validators, and plain JSON.stringify for responses. */
export function useSharedValidators(app: FastifyInstance): void {
	app.setValidatorCompiler(({ schema, httpPart }) => (data) => {
		const ajv = httpPart === 'querystring' ? queryAjv : bodyAjv;
		const validate = ajv.compile(schema as Schema);
		return validate(data) ? { value: data } : { error: validate.errors ?? [] };
	});
	app.setSerializerCompiler(() => JSON.stringify);
}

/** @throws {ApiError} 500 for an undocumented response of the sandbox itself. */
function assertDocumented({ responses }: Operation, status: number, response: unknown): void {
	const schema = responses[status];
	const validate = responseAjv.compile(schema ?? false);
	if (validate(response)) return;
	const reason = schema ? responseAjv.errorsText(validate.errors, { dataVar: 'response' }) : status;
	throw new ApiError(500, `The sandbox's own response breaks the contract: ${reason}`);
}

/**
 * Registers the operations under `/v1`. A request that breaks the contract gets a 400; a response of the
 * sandbox that does becomes a 500.
 * @param handlers by operationId
 * @param assertAllowed throws if the key of a request is refused
 */
export function registerContract(
	app: FastifyInstance,
	operations: Operation[],
	handlers: Record<string, Handler>,
	assertAllowed: (request: FastifyRequest) => void,
): void {
	for (const operation of operations) {
		const { operationId, method, path, query, body } = operation;
		app.route({
			method,
			url: `/v1${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
			schema: { querystring: query, ...(body && { body }) },
			// The key is checked before the request is validated.
			preValidation: async (request) => assertAllowed(request),
			handler: handlers[operationId]!,
			preSerialization: async (_request, reply, response) => {
				assertDocumented(operation, reply.statusCode, response);
				return response;
			},
		});
	}
}
