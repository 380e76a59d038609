import {
	UserError,
	type IBinaryData,
	type IExecuteFunctions,
	type IN8nHttpFullResponse,
} from 'n8n-workflow';

import type { TransportSettings } from './settings';
import type { Attachment, Message } from './types';

const BYTES_PER_MB = 1024 * 1024;

const FETCH_IT_YOURSELF =
	'Turn off Download Attachments and fetch it with the HTTP Request node, from the "url" of the attachment.';

/** The files of a message, also where Sahut has null in their place. */
export function attachmentsOf({ attachments }: Message): Attachment[] {
	return (attachments ?? []).filter(Boolean);
}

/** Those of them that can be fetched. */
export function downloadsOf(message: Message): Attachment[] {
	return attachmentsOf(message).filter(({ url }) => Boolean(url));
}

function cannotFetch({ file_name }: Attachment, reason: string): UserError {
	return new UserError(`The attachment "${file_name}" could not be fetched (${reason})`, {
		description: `Its link may have expired. ${FETCH_IT_YOURSELF}`,
	});
}

async function readUpTo(
	maxBytes: number,
	stream: AsyncIterable<Uint8Array>,
	{ file_name }: Attachment,
): Promise<Buffer> {
	const chunks: Uint8Array[] = [];
	let size = 0;
	for await (const chunk of stream) {
		size += chunk.length;
		// Leaving the loop destroys the stream, so that no more than this is ever fetched.
		if (size > maxBytes) {
			throw new UserError(
				`The attachment "${file_name}" is larger than ${Math.round(maxBytes / BYTES_PER_MB)} MB`,
				{ description: FETCH_IT_YOURSELF },
			);
		}
		chunks.push(chunk);
	}
	return Buffer.concat(chunks);
}

async function fetchFile(
	context: IExecuteFunctions,
	attachment: Attachment,
	{ timeoutMs, maxAttachmentBytes }: TransportSettings,
	signal: AbortSignal,
): Promise<Buffer> {
	signal.throwIfAborted();
	const { statusCode, body } = (await context.helpers.httpRequest({
		url: attachment.url,
		encoding: 'stream',
		timeout: timeoutMs,
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		// One of its own: Node warns of a signal to which more than ten listen.
		abortSignal: AbortSignal.any([signal]),
	})) as IN8nHttpFullResponse;
	if (statusCode !== 200) throw cannotFetch(attachment, `status ${statusCode}`);
	return await readUpTo(
		maxAttachmentBytes,
		body as unknown as AsyncIterable<Uint8Array>,
		attachment,
	);
}

/**
 * Fetches an attachment of a message into n8n's binary data. The request carries no credential: the
 * file lies on a host of its own (API reference, "Messages"). Ends with the signal.
 *
 * @throws UserError that names the file, when it cannot be fetched or is larger than the settings
 * allow: it is held in memory on its way.
 */
export async function downloadAttachment(
	context: IExecuteFunctions,
	attachment: Attachment,
	settings: TransportSettings,
	signal: AbortSignal,
): Promise<IBinaryData> {
	const { file_name, content_type } = attachment;
	const data = await fetchFile(context, attachment, settings, signal).catch((error: Error) => {
		if (error instanceof UserError) throw error;
		throw cannotFetch(attachment, error.message);
	});
	const name = file_name ?? undefined;
	return await context.helpers.prepareBinaryData(data, name, content_type || undefined);
}
