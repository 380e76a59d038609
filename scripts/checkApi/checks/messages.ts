import { isRecord, rowsOf, textOf, type Row } from '../values';
import { isSuccess, type Context } from './context';
import { PAGE_SIZE } from './lists';
import { noteMessageOrder } from './order';

/** How many conversations are looked into. */
const MAX_CONVERSATIONS = 5;

const TIMEOUT_MS = 30_000;

/** Fetches the head of a file, as the node would: from elsewhere, without the key. */
async function noteAttachment(url: string, { findings }: Context): Promise<void> {
	const signal = AbortSignal.timeout(TIMEOUT_MS);
	const status = await fetch(url, { signal }).then(
		async (response) => {
			await response.body?.cancel();
			return response.status;
		},
		() => undefined,
	);
	if (status === 200) findings.note('attachments-without-key', 'as assumed', 'status 200');
	else findings.note('attachments-without-key', 'differs', `status ${status ?? 'none'}`);
}

function attachmentOf(messages: Row[]): string | undefined {
	return messages
		.flatMap(({ attachments }) => (Array.isArray(attachments) ? attachments : []))
		.filter(isRecord)
		.map((attachment) => textOf(attachment, 'url'))
		.find((url) => url !== undefined && URL.canParse(url));
}

/** Reads the messages of some conversations. */
export async function checkMessages(conversations: Row[], context: Context): Promise<void> {
	const { api, findings } = context;
	const ids = conversations.flatMap((row) => textOf(row, 'id') ?? []).slice(0, MAX_CONVERSATIONS);
	let file: string | undefined;
	for (const id of ids) {
		const answer = await api('listMessages', { ids: [id], query: { per_page: PAGE_SIZE } });
		if (!isSuccess(answer)) continue;
		const messages = rowsOf(answer.body);
		noteMessageOrder(messages, findings);
		file ??= attachmentOf(messages);
	}
	if (file !== undefined) await noteAttachment(file, context);
}
