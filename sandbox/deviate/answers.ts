import type { FastifyReply } from 'fastify';
import { JSON_TYPE } from '../errors';
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

/** Takes out what is empty. */
function without(record: Json, names: string[]): Json {
	return Object.fromEntries(
		Object.entries(record).filter(([name, value]) => !names.includes(name) || !isEmpty(value)),
	);
}

function nullFor(record: Json, names: string[]): Json {
	const nulls = names.filter((name) => isEmpty(record[name])).map((name) => [name, null]);
	return { ...record, ...Object.fromEntries(nulls) };
}

/** A message, a conversation or a contact with holes; anything else as it is. */
function holed(record: Json): Json {
	const kind = String(record['id']).split('_')[0];
	if (kind === 'msg') {
		const isActivity = record['type'] === 'activity';
		const sender = isActivity ? null : record['sender'];
		return { ...nullFor(record, ['content', 'attachments']), sender };
	}
	if (kind === 'ct') return without(record, ['tags', 'custom_attributes', 'email', 'phone']);
	if (kind !== 'conv' || !isRecord(record['contact'])) return record;
	const { id, name } = record['contact'];
	return { ...nullFor(without(record, ['assignee']), ['labels']), contact: { id, name } };
}

/** Times without milliseconds are those of records that were dated by hand. */
function withMilliseconds(_: string, value: unknown): unknown {
	return typeof value === 'string' ? value.replace(WHOLE_SECONDS, '$1.000Z') : value;
}

function deviateBody(body: Json, deviations: Deviations): unknown {
	const changeOne = (one: unknown) => (deviations.has('holes') && isRecord(one) ? holed(one) : one);
	if (Array.isArray(body['data'])) {
		const data = body['data'].map(changeOne);
		return deviations.has('no-meta') ? { data } : { ...body, data };
	}
	const data = changeOne(body['data']);
	return deviations.has('plain-records') ? data : { data };
}

/** What goes out in place of a good answer of the API, after the contract has found it right. */
export function deviatedPayload(
	reply: FastifyReply,
	payload: unknown,
	deviations: Deviations,
): unknown {
	if (deviations.has('other-statuses')) {
		if (reply.statusCode === 204) {
			reply.code(200).type(JSON_TYPE);
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
