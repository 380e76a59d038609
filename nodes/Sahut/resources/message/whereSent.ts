import type { ItemClient } from '../../runtime/operation';
import { undefinedIfNotFound } from '../../transport/errors';
import type { Found } from '../../workspace/formerConversations';
import { fetchTouched } from '../conversation/fetchTouched';
import { bodiesOf, type Outgoing } from './content';
import { findSentMessage } from './findSent';
import { lookBack } from './lookBack';
import { findSentBefore } from './sentBefore';

/** A message to somebody on a channel. */
type Sending = Outgoing & { channelId: string };

/** The first for which it holds; one that was deleted meanwhile is passed over. */
async function findFirst(
	conversations: Iterable<Found>,
	holds: (id: string) => Promise<unknown>,
): Promise<Found | undefined> {
	for (const { id, contactId } of conversations) {
		if (await holds(id).catch(undefinedIfNotFound)) return { id, contactId };
	}
	return undefined;
}

/**
 * In a retry: the conversation into which another try has sent the message. It may have been resolved
 * since, or another one may have come to be the latest.
 */
export async function findWhereSent(
	contactIds: string[],
	{ channelId, content }: Sending,
	sahut: ItemClient,
): Promise<Found | undefined> {
	const { earlier } = sahut;
	if (!earlier || contactIds.every(sahut.isJustMade)) return undefined;
	const traces = bodiesOf(content).map(earlier);
	const touched = (await fetchTouched(sahut, channelId, traces[0]!)).flatMap(({ id, contact }) =>
		contact && contactIds.includes(contact.id) ? { id, contactId: contact.id } : [],
	);
	// What another retry has made at this moment is newer than what was read for all items.
	const known = sahut.workspace.openConversations(channelId).known(contactIds);
	const theirs = new Map([...known, ...touched].map((each) => [each.id, each]));
	return await findFirst(theirs.values(), async (id) => {
		for (const trace of traces) {
			if (await findSentMessage(sahut, id, trace, sahut.workspace)) return true;
		}
		return false;
	});
}

/** A conversation that has the message already, of those that are known beside the one to be used. */
export async function findWhereSentBefore(
	contactIds: string[],
	{ channelId, content, skipWithinMs }: Sending,
	usedId: string | undefined,
	sahut: ItemClient,
): Promise<Found | undefined> {
	if (skipWithinMs === undefined) return undefined;
	const open = sahut.workspace.openConversations(channelId);
	const others = [...open.known(contactIds), ...open.knownFormer(contactIds)].filter(
		({ id }) => id !== usedId,
	);
	return await findFirst(others, async (id) => {
		const back = lookBack(
			sahut,
			id,
			'It is not known whether the message was sent before: nothing was sent.',
		);
		const look = async () => await findSentBefore(id, bodiesOf(content), skipWithinMs, back, sahut);
		// Whoever sends into it at this moment is waited for.
		return await sahut.workspace.inLane(`conversation ${id}`, look, sahut.signal);
	});
}
