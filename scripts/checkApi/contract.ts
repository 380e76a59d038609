import type { ErrorObject } from 'ajv/dist/2020';

import { newAjv, readContract, type Operation, type Schema } from '../../sandbox/contract';
import { isRecord, isSuccess } from './values';

/** Something in an answer that is not as documented. Holds no value of the workspace. */
export interface Problem {
	/** In the answer, e.g. `/data/#/sender`: the items of a list are one. */
	at: string;
	kind: 'missing' | 'null' | 'value' | 'form' | 'type';
	/** What stands there, where that is a word of the API, e.g. an unknown status. */
	word?: string | undefined;
}

const ajv = newAjv({ allErrors: true, verbose: true });
let contract: ReturnType<typeof readContract> | undefined;
const documented = () => (contract ??= readContract());

/** How an operation goes out, and what it answers. */
export function operationOf(operationId: string): Operation {
	return documented().operations.find((operation) => operation.operationId === operationId)!;
}

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

function problemsOf(schema: Schema | undefined, body: unknown): Problem[] {
	const validate = ajv.compile(schema ?? true);
	validate(body);
	return (validate.errors ?? []).filter(isTelling).map(toProblem);
}

/** One that succeeded with another status has the same body. */
function documentedStatus({ responses }: Operation, status: number): number | undefined {
	const statuses = Object.keys(responses).map(Number);
	return statuses.find((each) =>
		isSuccess({ status }) ? isSuccess({ status: each }) : each === status,
	);
}

/** Checks an answer. @returns undefined for a status that is not documented */
export function problemsIn(
	operationId: string,
	status: number,
	body: unknown,
): Problem[] | undefined {
	const operation = operationOf(operationId);
	const known = documentedStatus(operation, status);
	return known === undefined ? undefined : problemsOf(operation.responses[known], body);
}

/** Whether the body of a delivery is as documented. */
export function isDelivery(body: unknown): boolean {
	return problemsOf(documented().delivery, body).length === 0;
}

/** A name of a field as an API has them; anything else may be data. */
const NAME = /^[a-z][a-z0-9_]{0,39}$/;

/** Objects whose fields are data (`custom_attributes`) are not looked into, nor are values. */
function fieldsBeyond(schema: Schema, value: unknown, at = ''): string[] {
	if (Array.isArray(value)) {
		const { items } = schema;
		const found = items ? value.flatMap((each) => fieldsBeyond(items, each, `${at}/#`)) : [];
		return [...new Set(found)];
	}
	if (!isRecord(value)) return [];
	const properties = schema.properties ?? schema.anyOf?.find((each) => each.properties)?.properties;
	if (!properties) return [];
	return Object.entries(value).flatMap(([name, part]) => {
		const known = properties[name];
		if (known) return fieldsBeyond(known, part, `${at}/${name}`);
		return [`${at}/${NAME.test(name) ? name : '(another name)'}`];
	});
}

/** Fields of a good answer that are not documented, e.g. `/data/#/private`, each once. */
export function furtherFields(operationId: string, body: unknown): string[] {
	const operation = operationOf(operationId);
	const schema = operation.responses[documentedStatus(operation, 200)!];
	return schema ? fieldsBeyond(schema, body) : [];
}
