import { ApiError } from './errors';
import { signature, SIGNATURE_HEADER, type EventName, type WorkspaceEvent } from './events';
import type { Webhook } from './records';
import { Sending, type Bytes, type ReceiverAnswer } from './sending';
import type { Store } from './store';

/** An event that does not come from Sahut. */
export interface Forgery {
	/** Default: the newest webhook. */
	webhookId?: string;
	/** Told with the newest record that fits. Default `message.created`. */
	event?: EventName;
	/** These bytes in place of an event. */
	body?: Bytes;
	/** `wrong`, the default, is a signature made with another secret; any other text is sent as it is. */
	signature?: 'missing' | 'malformed' | 'wrong' | (string & {});
}

/** Not the secret of any webhook. */
const WRONG_SECRET = 'whsec_wrong';

/**
 * An event as if it had just happened to the newest record.
 * @throws {ApiError} 422 when nothing of the kind is stored.
 */
function sampleEvent(store: Store, name: EventName): WorkspaceEvent {
	const contact = [...store.contacts.values()].at(-1);
	const conversation = [...store.conversations.values()].at(-1);
	const message = conversation && store.messages(conversation.id).at(-1);
	if (name === 'message.created') {
		if (message) return { name, message, conversation };
	} else if (name === 'contact.created' || name === 'contact.updated') {
		if (contact) return { name, contact };
	} else if (conversation) return { name, conversation };
	throw new ApiError(422, `Nothing is stored that a ${name} could tell of`);
}

/** What goes out to webhooks, and what can be sent to them on demand: that is never tried again. */
export class Deliveries extends Sending {
	/**
	 * Delivers the same bytes again to every webhook that asks for such events.
	 * @param wanted `evt_…`, or `last`: the last event that was delivered.
	 * @param options.atOnce At the same instant; else one after another's answer.
	 * @returns the answers, by webhook and then in order
	 * @throws {ApiError} 404 for an event that was not delivered.
	 */
	repeat(
		wanted: string,
		times = 1,
		{ atOnce = false }: { atOnce?: boolean | undefined } = {},
	): Promise<ReceiverAnswer[]> {
		return this.track(this.repeatEach(wanted, times, atOnce));
	}

	/**
	 * Posts an event with a bad signature, once.
	 * @throws {ApiError} 404 without such a webhook, 422 without a record to tell of.
	 */
	async forge(forgery: Forgery = {}): Promise<ReceiverAnswer> {
		const { event = 'message.created', signature: forged = 'wrong', webhookId } = forgery;
		const webhook = this.foundWebhook(webhookId);
		const { body, ...named } =
			forgery.body === undefined
				? this.write(sampleEvent(this.store, event))
				: { body: forgery.body };
		const signatures: Record<string, string | undefined> = {
			missing: undefined,
			malformed: 'not-a-signature',
			wrong: signature(body, WRONG_SECRET, this.settings.signature),
		};
		const headers = {
			[SIGNATURE_HEADER]: Object.hasOwn(signatures, forged) ? signatures[forged] : forged,
		};
		const sent = await this.track(this.send(webhook, body, { kind: 'forged', ...named }, headers));
		return sent.answer;
	}

	/**
	 * Posts any bytes, signed rightly, once; `headers` are put over the usual ones.
	 * @throws {ApiError} 404 without such a webhook.
	 */
	async post(
		webhookId: string,
		body: Bytes,
		headers?: Record<string, string>,
	): Promise<ReceiverAnswer> {
		const webhook = this.foundWebhook(webhookId);
		return (await this.track(this.send(webhook, body, { kind: 'post' }, headers))).answer;
	}

	private async repeatEach(
		wanted: string,
		times: number,
		atOnce: boolean,
	): Promise<ReceiverAnswer[]> {
		const report = wanted === 'last' ? [...this.reports.values()].at(-1) : this.reports.get(wanted);
		if (!report) throw new ApiError(404, `No such event was delivered: ${wanted}`);
		const { body, ...named } = report;
		const webhooks = this.webhooksFor(report.event).flatMap((webhook) =>
			Array.from({ length: times }, () => webhook),
		);
		const post = async (webhook: Webhook) =>
			(await this.send(webhook, body, { kind: 'repeat', ...named })).answer;
		if (atOnce) return await Promise.all(webhooks.map(post));
		const answers: ReceiverAnswer[] = [];
		for (const webhook of webhooks) answers.push(await post(webhook));
		return answers;
	}

	/** Without an ID, the newest. */
	private foundWebhook(id?: string): Webhook {
		const { webhooks } = this.store;
		const webhook = id === undefined ? [...webhooks.values()].at(-1) : webhooks.get(id);
		if (!webhook) throw new ApiError(404, 'Webhook not found');
		return webhook;
	}
}
