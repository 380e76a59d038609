import {
	channelOf,
	conversationIdOf,
	parseBody,
	readEvent,
} from '../../../nodes/Sahut/trigger/envelope';
import { isGenuine } from '../../../nodes/Sahut/trigger/signature';
import type { Delivery } from '../listener';
import { isRecord, textOf } from '../values';
import type { Context } from './context';

/** Whether a delivery is about this message. */
export function isAbout(id: unknown): (delivery: Delivery) => boolean {
	return ({ body }) => id === undefined || readEvent(parseBody(body))?.object['id'] === id;
}

function formOf(signature: string): string {
	if (/^[0-9a-f]{64}$/.test(signature)) return 'lower-case hex';
	if (/^[0-9a-f]{64}$/i.test(signature)) return 'upper-case hex';
	return signature.startsWith('sha256=') ? 'sha256= and hex' : 'base64';
}

function noteSignature({ body, signature }: Delivery, secret: unknown, { findings }: Context) {
	if (isGenuine(body, signature, secret)) {
		const form = formOf(String(signature));
		const verdict = form === 'lower-case hex' ? 'as assumed' : 'copes';
		return findings.note('delivery-signature', verdict, form);
	}
	const found = signature === undefined ? 'no X-Sahut-Signature' : 'not the HMAC of the body';
	findings.note('delivery-signature', 'differs', found);
}

/** Notes what a delivery looks like, read as the trigger reads it. */
export function noteDelivery(delivery: Delivery, secret: unknown, context: Context): void {
	const { contract, findings } = context;
	noteSignature(delivery, secret, context);
	const body = parseBody(delivery.body);
	const event = readEvent(body);
	const isDocumented = contract.checkDelivery(body).length === 0;
	if (!event || !isRecord(body) || !isDocumented) {
		return findings.note('delivery-envelope', 'differs', 'no event can be found in it');
	}
	const { data } = body;
	const name = body['event'] === undefined ? 'type' : 'event';
	const object = isRecord(data) ? 'data' : 'payload';
	const isNested = isRecord(body[object]) && isRecord(body[object][event.subject]);
	const where = isNested ? 'records under their names' : 'the record itself';
	const isAsAssumed = name === 'event' && object === 'data' && isNested;
	const found = `name in "${name}", ${where} in "${object}"`;
	findings.note('delivery-envelope', isAsAssumed ? 'as assumed' : 'copes', found);

	if (event.id === undefined) findings.note('delivery-id', 'copes', 'it has none');
	else findings.note('delivery-id', 'as assumed', 'it has');

	const { conversation = {} } = event;
	const isWhole = textOf(conversation, 'status') && textOf(channelOf(event) ?? {}, 'id');
	if (isWhole) findings.note('delivery-conversation', 'as assumed', 'it does');
	else if (conversationIdOf(event) === undefined) {
		findings.note('delivery-conversation', 'differs', 'not even with its ID');
	} else findings.note('delivery-conversation', 'copes', 'with less than that, but its ID');
}
