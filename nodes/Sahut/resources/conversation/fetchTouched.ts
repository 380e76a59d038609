import { byAge } from '../../transport/byAge';
import { fromBothEnds, openPages } from '../../transport/pages';
import { collect, type Wanted } from '../../transport/pagination';
import type { Conversation, SahutClient, WriteTrace } from '../../transport/types';
import { writtenSince } from '../../transport/writtenSince';

/** How many pages of a channel's conversations to look through for one that may have been made. */
const MAX_PAGES = 20;

/**
 * Some conversations of a channel. The API cannot look them up by contact, and does not say in which
 * order it lists them: a new one is likely at either end.
 */
export async function fetchFromBothEnds(
	sahut: SahutClient,
	channel_id: string,
	wanted: Wanted<Conversation>,
): Promise<Conversation[]> {
	const pages = openPages<Conversation>(sahut, {
		path: ['conversations'],
		query: { channel_id },
		subject: `channel "${channel_id}"`,
	});
	return await collect(pages, fromBothEnds(pages, MAX_PAGES), wanted);
}

/**
 * The conversations of a channel in which something has happened since the traced write, the oldest
 * first, as far as the list shows them at either end. In a retry, they are read once for all items.
 */
export async function fetchTouched(
	sahut: SahutClient,
	channelId: string,
	trace: WriteTrace,
): Promise<Conversation[]> {
	const isTouched = ({ created_at, updated_at }: Conversation) =>
		!(Date.parse(updated_at ?? created_at) < writtenSince(sahut, trace));
	const fetch = async () =>
		await fetchFromBothEnds(sahut, channelId, { limit: Infinity, keep: isTouched });
	const touched = await (trace.share?.(`conversations on ${channelId} since`, fetch) ?? fetch());
	return touched.toReversed().sort(byAge);
}
