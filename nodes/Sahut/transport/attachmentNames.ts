import type { Attachment } from './types';

/** File extensions of the types that customers send, mostly on WhatsApp. */
const EXTENSIONS: Readonly<Record<string, string>> = {
	'application/msword': 'doc',
	'application/pdf': 'pdf',
	'application/vnd.ms-excel': 'xls',
	'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'pptx',
	'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
	'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
	'application/zip': 'zip',
	'audio/aac': 'aac',
	'audio/amr': 'amr',
	'audio/mp4': 'm4a',
	'audio/mpeg': 'mp3',
	'audio/ogg': 'ogg',
	'image/gif': 'gif',
	'image/jpeg': 'jpg',
	'image/png': 'png',
	'image/webp': 'webp',
	'text/csv': 'csv',
	'text/plain': 'txt',
	'video/3gpp': '3gp',
	'video/mp4': 'mp4',
};

/** Returns the last part of a URL's path; empty if there is none. */
function lastSegment(url: string): string {
	const path = URL.canParse(url) ? new URL(url).pathname : '';
	const segment = path.slice(path.lastIndexOf('/') + 1);
	try {
		// n8n treats a slash as a path separator.
		return decodeURIComponent(segment).replaceAll(/[/\\]/g, '_');
	} catch {
		return segment;
	}
}

/**
 * Adds a unique file name to each attachment that has none: `attachment_0.ogg` according to its type, or
 * else the last part of its URL.
 */
export function withFileNames(attachments: Attachment[]): Attachment[] {
	const used = new Set<unknown>(attachments.map(({ file_name }) => file_name));
	return attachments.map((attachment, index) => {
		const { file_name, content_type, url } = attachment;
		if (file_name?.trim()) return attachment;
		const [type = ''] = String(content_type ?? '').split(';');
		const extension = EXTENSIONS[type.trim().toLowerCase()];
		const plain = `attachment_${index}`;
		const segment = extension ? '' : lastSegment(url);
		const [ending = extension ? `.${extension}` : ''] = /\.\w+$/.exec(segment) ?? [];
		let name = segment === '' || used.has(segment) ? plain + ending : segment;
		for (let copy = 2; used.has(name); copy++) name = `${plain}_${copy}${ending}`;
		used.add(name);
		return { ...attachment, file_name: name };
	});
}
