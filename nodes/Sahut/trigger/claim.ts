import { sleep, type IWebhookFunctions } from 'n8n-workflow';

import type { Clock } from '../transport/clock';
import { isAccepted } from '../transport/webhookResponse';
import type { EventMemory } from './deduplication';
import { triggerData } from './triggerData';
import { eventsOf, type TriggerData } from './webhookState';

/**
 * Makes n8n store the events of the webhook together with its response.
 *
 * n8n resets its change flag when it starts an execution. So the data is assigned twice: now, and in the
 * next turn of the event loop, when n8n has begun to start the execution and still waits for its database.
 *
 * `toJSON` reads the data when n8n stores it, not now. In between, other deliveries may add events, and
 * the workflow may be published again. By then, n8n has accepted the event of this delivery.
 */
export function storeWithResponse(
	context: IWebhookFunctions,
	memory: EventMemory,
	key: string,
): void {
	const data = triggerData(context);
	const dataWhenStored = {
		toJSON(): TriggerData {
			memory.confirm(key);
			const { webhookId, ...rest } = triggerData(context);
			return webhookId === undefined
				? {}
				: { ...rest, webhookId, seen: eventsOf(webhookId).toStore() };
		},
	};
	Object.assign(data, dataWhenStored);
	void sleep(0).then(() => Object.assign(data, dataWhenStored));
}

/**
 * Claims an event for this delivery, and releases it if n8n does not accept it. If n8n is still
 * processing another delivery of the event, waits for its outcome.
 *
 * @param respondBy the deadline of the response, in milliseconds since the epoch
 * @returns `known` if n8n has already accepted the event, `busy` if the outcome is not known in time
 */
export async function claim(
	context: IWebhookFunctions,
	memory: EventMemory,
	key: string,
	{ clock, respondBy }: { clock: Clock; respondBy: number },
): Promise<'new' | 'known' | 'busy'> {
	while (!memory.claim(key, clock.now())) {
		const pending = memory.outcomeOf(key);
		if (!pending) return 'known';
		const timeout = clock.sleep(Math.max(0, respondBy - clock.now())).then(() => 'busy' as const);
		const outcome = await Promise.race([pending, timeout]);
		if (outcome === 'busy') return 'busy';
		// Not claimed again: the record may have changed to another state in the meantime.
		if (outcome) return 'known';
	}
	memory.track(key, isAccepted(context));
	return 'new';
}
