import { Validator } from '@seriousme/openapi-schema-validator';
import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020';

import { CONTRACT_FILE, newAjv } from '../../sandbox/contract';
import { furtherFields, type Schema } from './furtherFields';

/** Something in an answer that is not as documented. Holds no value of the workspace. */
export interface Problem {
	/** In the answer, e.g. `/data/#/sender`: the items of a list are one. */
	at: string;
	kind: 'missing' | 'null' | 'value' | 'form' | 'type';
	/** What stands there, where that is a word of the API, e.g. an unknown status. */
	word?: string | undefined;
}

export interface Contract {
	/** How an operation goes out. */
	route(operationId: string): { method: string; path: string };
	/** Checks an answer. @returns undefined for a status that is not documented */
	check(operationId: string, status: number, body: unknown): Problem[] | undefined;
	/** Checks the body of a delivery. */
	checkDelivery(body: unknown): Problem[];
	/** Fields of an answer's records that are not documented, e.g. `/data/#/private`. */
	furtherFields(operationId: string, body: unknown): string[];
}

interface Content {
	content?: Record<string, { schema: Schema }>;
}

interface Operation {
	operationId: string;
	requestBody?: Content;
	responses: Record<string, Content>;
}

const JSON_TYPE = 'application/json';

/** What can be shown of a value: a word of an enumeration is no name of anybody. */
function asWord(value: unknown): string | undefined {
	return typeof value === 'string' && /^[a-z_]{1,24}$/.test(value) ? value : undefined;
}

function toProblem({ instancePath, keyword, params, data }: ErrorObject): Problem {
	const at = instancePath.replace(/\/\d+(?=\/|$)/g, '/#');
	if (keyword === 'required') {
		return { at: `${at}/${String(params['missingProperty'])}`, kind: 'missing' };
	}
	if (data === null) return { at, kind: 'null' };
	if (keyword === 'enum') return { at, kind: 'value', word: asWord(data) };
	if (keyword === 'pattern' || keyword === 'format') return { at, kind: 'form' };
	return { at, kind: 'type' };
}

/** `anyOf` says nothing that its branches do not say, and the branch for null nothing of an object. */
const isTelling = ({ keyword, params, data }: ErrorObject) =>
	keyword !== 'anyOf' && !(params['type'] === 'null' && data !== null);

function problemsOf(validate: ValidateFunction, body: unknown): Problem[] {
	validate(body);
	return (validate.errors ?? []).filter(isTelling).map(toProblem);
}

async function readContract(): Promise<Contract> {
	const validator = new Validator();
	await validator.validate(CONTRACT_FILE);
	const { paths, webhooks } = validator.resolveRefs() as unknown as Record<
		'paths' | 'webhooks',
		Record<string, Record<string, Operation>>
	>;
	const ajv = newAjv({ allErrors: true, verbose: true });
	const compiled = new Map<Schema, ValidateFunction>();
	const compile = (schema: Schema) => {
		const validate = compiled.get(schema) ?? ajv.compile(schema);
		compiled.set(schema, validate);
		return validate;
	};
	const routes = new Map(
		Object.entries(paths).flatMap(([path, methods]) =>
			Object.entries(methods)
				.filter(([, { operationId }]) => operationId)
				.map(([method, operation]) => [
					operation.operationId,
					{ path, method: method.toUpperCase(), operation },
				]),
		),
	);
	const schemaOf = ({ content }: Content = {}) => content?.[JSON_TYPE]?.schema;
	const found = (operationId: string) => routes.get(operationId)!;
	const isSuccess = (status: number | string) => String(status).startsWith('2');
	/** One that succeeded with another status has the same body. */
	const responseTo = (operationId: string, status: number) => {
		const { responses } = found(operationId).operation;
		const documented = Object.keys(responses).find(isSuccess)!;
		return responses[isSuccess(status) ? documented : status];
	};

	return {
		route: found,
		check(operationId, status, body) {
			const response = responseTo(operationId, status);
			if (!response) return undefined;
			const schema = schemaOf(response);
			return schema ? problemsOf(compile(schema), body) : [];
		},
		furtherFields(operationId, body) {
			const schema = schemaOf(responseTo(operationId, 200));
			return schema ? furtherFields(schema, body) : [];
		},
		checkDelivery: (body) =>
			problemsOf(compile(schemaOf(webhooks['event']!['post']!.requestBody)!), body),
	};
}

let reading: Promise<Contract> | undefined;

/** docs/sahut-openapi.yaml, read once. */
export async function loadContract(): Promise<Contract> {
	return await (reading ??= readContract());
}
