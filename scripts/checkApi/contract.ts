import type { ErrorObject } from 'ajv/dist/2020';

import { createAjv, readContract, type Operation, type Schema } from '../../sandbox/contract';
import { isRecord, isSuccess } from './values';

/** A difference between a response and the contract. Contains no data of the workspace. */
export interface Problem {
	/** The path in the response, e.g. `/data/#/sender`. `#` stands for any index. */
	at: string;
	kind: 'missing' | 'null' | 'value' | 'form' | 'type';
	/** The value, if it looks like an enum value, e.g. an unknown status. */
	word?: string | undefined;
}

const ajv = createAjv({ allErrors: true, verbose: true });
let contract: ReturnType<typeof readContract> | undefined;
const documented = () => (contract ??= readContract());

/** Finds an operation of the contract by its operationId. */
export function findOperation(operationId: string): Operation {
	return documented().operations.find((operation) => operation.operationId === operationId)!;
}

/** Returns a value that looks like an enum value, and so is no personal data; undefined for any other. */
function toReportableWord(value: unknown): string | undefined {
	return typeof value === 'string' && /^[a-z_]{1,24}$/.test(value) ? value : undefined;
}

function toProblem({ instancePath, keyword, params, data }: ErrorObject): Problem {
	const at = instancePath.replace(/\/\d+(?=\/|$)/g, '/#');
	if (keyword === 'required') {
		return { at: `${at}/${String(params['missingProperty'])}`, kind: 'missing' };
	}
	if (data === null) return { at, kind: 'null' };
	if (keyword === 'enum') return { at, kind: 'value', word: toReportableWord(data) };
	if (keyword === 'pattern' || keyword === 'format') return { at, kind: 'form' };
	return { at, kind: 'type' };
}

/** Excludes errors of `anyOf`, since its branches have their own, and of the null branch for objects. */
const isRelevant = ({ keyword, params, data }: ErrorObject) =>
	keyword !== 'anyOf' && !(params['type'] === 'null' && data !== null);

function listProblems(schema: Schema | undefined, body: unknown): Problem[] {
	const validate = ajv.compile(schema ?? true);
	validate(body);
	return (validate.errors ?? []).filter(isRelevant).map(toProblem);
}

/** Returns the documented status for a response. All success statuses share one body. */
function documentedStatus({ responses }: Operation, status: number): number | undefined {
	const statuses = Object.keys(responses).map(Number);
	return statuses.find((each) =>
		isSuccess({ status }) ? isSuccess({ status: each }) : each === status,
	);
}

/** Validates a response against the contract. @returns undefined for an undocumented status */
export function findProblems(
	operationId: string,
	status: number,
	body: unknown,
): Problem[] | undefined {
	const operation = findOperation(operationId);
	const known = documentedStatus(operation, status);
	return known === undefined ? undefined : listProblems(operation.responses[known], body);
}

/** Returns whether the body of a webhook delivery matches the contract. */
export function matchesDeliverySchema(body: unknown): boolean {
	return listProblems(documented().delivery, body).length === 0;
}

/** Matches the usual form of field names. Any other key may be personal data. */
const NAME = /^[a-z][a-z0-9_]{0,39}$/;

/** Lists undocumented fields, without their values. Skips objects with free keys (`custom_attributes`). */
function undocumentedFieldsIn(schema: Schema, value: unknown, at = ''): string[] {
	if (Array.isArray(value)) {
		const { items } = schema;
		const found = items
			? value.flatMap((each) => undocumentedFieldsIn(items, each, `${at}/#`))
			: [];
		return [...new Set(found)];
	}
	if (!isRecord(value)) return [];
	const properties = schema.properties ?? schema.anyOf?.find((each) => each.properties)?.properties;
	if (!properties) return [];
	return Object.entries(value).flatMap(([name, part]) => {
		const known = properties[name];
		if (known) return undocumentedFieldsIn(known, part, `${at}/${name}`);
		return [`${at}/${NAME.test(name) ? name : '(another name)'}`];
	});
}

/** Lists the undocumented fields of a successful response once each, e.g. `/data/#/private`. */
export function findUndocumentedFields(operationId: string, body: unknown): string[] {
	const operation = findOperation(operationId);
	const schema = operation.responses[documentedStatus(operation, 200)!];
	return schema ? undocumentedFieldsIn(schema, body) : [];
}
