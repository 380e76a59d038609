import { sleep, type IWebhookFunctions } from 'n8n-workflow';

import type { EventMemory } from './deduplication';
import { eventsOf, type TriggerData } from './memories';
import { triggerData } from './triggerData';

/**
 * Has n8n store what is remembered, together with its answer. When n8n starts an execution, it first
 * forgets that something has changed here; so the change is made once more when the execution is
 * being started, which takes n8n several looks into its database.
 *
 * What is stored is read at that moment, not now: other deliveries may have come in between, and the
 * last to be stored must not lack them; and the workflow may have been published anew. By then n8n
 * has taken the event of this delivery.
 */
export function store(context: IWebhookFunctions, memory: EventMemory, key: string): void {
	const data = triggerData(context);
	const atThatMoment = {
		toJSON(): TriggerData {
			memory.confirm(key);
			const { webhookId, ...rest } = triggerData(context);
			return webhookId === undefined
				? {}
				: { ...rest, webhookId, seen: eventsOf(webhookId).toStore() };
		},
	};
	Object.assign(data, atThatMoment);
	void sleep(0).then(() => Object.assign(data, atThatMoment));
}

/**
 * Whether n8n answers that it has taken the delivery. When Sahut hangs up before that, no event tells
 * of the answer, but n8n gives it all the same.
 */
async function whetherTaken(context: IWebhookFunctions): Promise<boolean> {
	const response = context.getResponseObject();
	return await new Promise((resolve) => {
		const end = response.end.bind(response) as (...args: unknown[]) => typeof response;
		response.end = (...args: unknown[]) => {
			resolve(response.statusCode < 300);
			return end(...args);
		};
	});
}

/**
 * Claims an event for this delivery, until it turns out that n8n could not take it. Where n8n is
 * still busy with another delivery of it, the end of that is waited for.
 *
 * @param answerBy milliseconds since the epoch
 * @returns `known` when it has been taken before, `busy` when that cannot be told in time.
 */
export async function claim(
	context: IWebhookFunctions,
	memory: EventMemory,
	key: string,
	answerBy: number,
): Promise<'new' | 'known' | 'busy'> {
	while (!memory.claim(key, Date.now())) {
		const fate = memory.fateOf(key);
		if (!fate) return 'known';
		const timeUp = sleep(Math.max(0, answerBy - Date.now())).then(() => 'busy' as const);
		const end = await Promise.race([fate, timeUp]);
		if (end === 'busy') return 'busy';
		// Not claimed again: the record may have changed to another state in the meantime.
		if (end) return 'known';
	}
	memory.track(key, whetherTaken(context));
	return 'new';
}
