import {
	UserError,
	type IBinaryData,
	type IExecuteFunctions,
	type IN8nHttpFullResponse,
} from 'n8n-workflow';

import type { TransportSettings } from './settings';
import type { Attachment, Message } from './types';

const BYTES_PER_MB = 1024 * 1024;

const USE_HTTP_NODE =
	'Turn off Download Attachments, and download the file with the HTTP Request node: its address is in the field "url" of the attachment.';

/** Returns the attachments of a message. Sahut may return null for the list or for an entry. */
export function attachmentsOf({ attachments }: Message): Attachment[] {
	return (attachments ?? []).filter(Boolean);
}

/** Returns the attachments of a message that have a URL. */
export function downloadableAttachmentsOf(message: Message): Attachment[] {
	return attachmentsOf(message).filter(({ url }) => Boolean(url));
}

function createDownloadError({ file_name }: Attachment, reason: string): UserError {
	return new UserError(`The attachment "${file_name}" could not be downloaded (${reason})`, {
		description: `Its link may have expired. ${USE_HTTP_NODE}`,
	});
}

/** Reads a stream into memory. @throws UserError if it is larger than `maxBytes` */
async function readUpTo(
	maxBytes: number,
	stream: AsyncIterable<Uint8Array>,
	{ file_name }: Attachment,
): Promise<Buffer> {
	const chunks: Uint8Array[] = [];
	let size = 0;
	for await (const chunk of stream) {
		size += chunk.length;
		// Leaving the loop destroys the stream, which ends the download.
		if (size > maxBytes) {
			throw new UserError(
				`The attachment "${file_name}" is larger than ${Math.round(maxBytes / BYTES_PER_MB)} MB`,
				{ description: USE_HTTP_NODE },
			);
		}
		chunks.push(chunk);
	}
	return Buffer.concat(chunks);
}

/** Fetches the file of an attachment, without the API key. */
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
		// A separate signal for each listener: Node warns about more than ten listeners on one signal.
		abortSignal: AbortSignal.any([signal]),
	})) as IN8nHttpFullResponse;
	if (statusCode !== 200) throw createDownloadError(attachment, `status ${statusCode}`);
	return await readUpTo(
		maxAttachmentBytes,
		body as unknown as AsyncIterable<Uint8Array>,
		attachment,
	);
}

/**
 * Downloads an attachment of a message into n8n's binary data. Does not send the API key, since files are on
 * another host (API reference, "Messages"). An abort of the signal ends the download.
 *
 * @throws UserError that names the file if it cannot be downloaded, or is larger than the settings allow: the
 * file is in memory during the download
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
		throw createDownloadError(attachment, error.message);
	});
	const name = file_name ?? undefined;
	return await context.helpers.prepareBinaryData(data, name, content_type || undefined);
}
