import type { FastifyReply } from 'fastify';
import { JSON_CONTENT_TYPE } from '../errors';
import type { Deviations } from '../deviations';

type Json = Record<string, unknown>;

const WHOLE_SECONDS = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)Z$/;

function isRecord(value: unknown): value is Json {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmpty(value: unknown): boolean {
	if (value === null || value === '') return true;
	return Array.isArray(value) ? value.length === 0 : isRecord(value) && isEmpty(Object.keys(value));
}

/** Removes these fields if they are empty. */
function omitEmpty(record: Json, names: string[]): Json {
	return Object.fromEntries(
		Object.entries(record).filter(([name, value]) => !names.includes(name) || !isEmpty(value)),
	);
}

/** Sets these fields to null if they are empty. */
function nullEmpty(record: Json, names: string[]): Json {
	const nulls = names.filter((name) => isEmpty(record[name])).map((name) => [name, null]);
	return { ...record, ...Object.fromEntries(nulls) };
}

/** Removes or nulls the empty fields of a message, conversation or contact. Returns other records unchanged. */
function withMissingFields(record: Json): Json {
	const kind = String(record['id']).split('_')[0];
	if (kind === 'msg') {
		const isActivity = record['type'] === 'activity';
		const sender = isActivity ? null : record['sender'];
		return { ...nullEmpty(record, ['content', 'attachments']), sender };
	}
	if (kind === 'ct') return omitEmpty(record, ['tags', 'custom_attributes', 'email', 'phone']);
	if (kind !== 'conv' || !isRecord(record['contact'])) return record;
	const { id, name } = record['contact'];
	return { ...nullEmpty(omitEmpty(record, ['assignee']), ['labels']), contact: { id, name } };
}

/** Adds milliseconds to times without them, which belong to records with a given date. */
function withMilliseconds(_: string, value: unknown): unknown {
	return typeof value === 'string' ? value.replace(WHOLE_SECONDS, '$1.000Z') : value;
}

function deviateBody(body: Json, deviations: Deviations): unknown {
	const changeOne = (one: unknown) =>
		deviations.has('missing-fields') && isRecord(one) ? withMissingFields(one) : one;
	if (Array.isArray(body['data'])) {
		const data = body['data'].map(changeOne);
		return deviations.has('no-meta') ? { data } : { ...body, data };
	}
	const data = changeOne(body['data']);
	return deviations.has('plain-records') ? data : { data };
}

/**
 * Applies the deviations to a successful response, after the contract check. May set the status.
 * @returns the payload to send
 */
export function deviatePayload(
	reply: FastifyReply,
	payload: unknown,
	deviations: Deviations,
): unknown {
	if (deviations.has('other-statuses')) {
		if (reply.statusCode === 204) {
			reply.code(200).type(JSON_CONTENT_TYPE);
			return JSON.stringify({ data: { deleted: true } });
		}
		if (reply.statusCode === 201) reply.code(200);
	}
	if (typeof payload !== 'string' || reply.statusCode >= 300) return payload;
	const body: unknown = JSON.parse(payload);
	if (!isRecord(body) || !('data' in body)) return payload;
	const replacer = deviations.has('milliseconds') ? withMilliseconds : undefined;
	return JSON.stringify(deviateBody(body, deviations), replacer);
}
