import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { load } from 'js-yaml';
import { ApiError } from './errors';

/** The one description of the API: requests and answers are checked against it. */
const CONTRACT_FILE = join(__dirname, '..', 'docs', 'sahut-openapi.yaml');

/** What matters here of a JSON schema without references. */
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

export interface Operation {
	operationId: string;
	/** Upper case. */
	method: HTTPMethods;
	/** Such as `/contacts/{contact_id}`. */
	path: string;
	query: Schema;
	body: Schema | undefined;
	/** By status. Without a schema: an answer without a body. */
	responses: Record<string, Schema | undefined>;
}

export interface Contract {
	operations: Operation[];
	/** What is posted to webhooks. */
	delivery: Schema | undefined;
}

export type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/** A validator for the schemas of the contract, which are in order: a test has them checked. */
export function newAjv(options: ConstructorParameters<typeof Ajv2020>[0] = {}): Ajv2020 {
	const ajv = new Ajv2020({ allowUnionTypes: true, validateSchema: false, ...options });
	addFormats(ajv);
	return ajv;
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null;
}

/** Puts in the place of each reference what it names, which many places then share. */
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
			// Parameters of a path are no method.
			.filter(([, { operationId }]) => operationId)
			.map(([method, documented]) => toOperation(path, method, documented)),
	);
	return { operations, delivery: schemaOf(webhooks.event.post.requestBody) };
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

// All sandboxes of a process share what was read and compiled once, which takes most of a start.
let closed: Operation[] | undefined;
const queryAjv = newAjv({ coerceTypes: true, useDefaults: true });
const bodyAjv = newAjv();
const answerAjv = newAjv({ allErrors: true });

/** The operations of the contract, with schemas that refuse what is not documented. */
export function closedOperations(): Operation[] {
	if (!closed) {
		closed = readContract().operations;
		closeObjects(closed);
	}
	return closed;
}

/** Has all routes of the server validate by what was compiled before, and write what they are given. */
export function shareCompiled(app: FastifyInstance): void {
	app.setValidatorCompiler(({ schema, httpPart }) => (data) => {
		const ajv = httpPart === 'querystring' ? queryAjv : bodyAjv;
		const validate = ajv.compile(schema as Schema);
		return validate(data) ? { value: data } : { error: validate.errors ?? [] };
	});
	app.setSerializerCompiler(() => JSON.stringify);
}

/** @throws {ApiError} 500 for an answer that is not documented. */
function assertAnswer({ responses }: Operation, status: number, answer: unknown): void {
	const schema = responses[status];
	const validate = answerAjv.compile(schema ?? false);
	if (validate(answer)) return;
	const how = schema ? answerAjv.errorsText(validate.errors, { dataVar: 'answer' }) : status;
	throw new ApiError(500, `The sandbox's own answer breaks the contract: ${how}`);
}

/**
 * Gives the server these operations under `/v1`. Handlers are found by operationId; a request that
 * breaks the contract is refused, an answer that does becomes an error of the server.
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
			// Whose request it is comes first.
			preValidation: async (request) => assertAllowed(request),
			handler: handlers[operationId]!,
			preSerialization: async (_request, reply, answer) => {
				assertAnswer(operation, reply.statusCode, answer);
				return answer;
			},
		});
	}
}
