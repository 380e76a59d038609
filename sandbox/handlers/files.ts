import type { FastifyInstance } from 'fastify';
import { ApiError } from '../errors';
import type { Attachment } from '../records';

/** One red pixel. */
const PNG = Buffer.from(
	'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==',
	'base64',
);

/** An attachment of the default data. The API shows its path as a complete URL. */
export const SAMPLE_ATTACHMENT: Readonly<Attachment> = {
	url: '/files/bukti-transfer.png',
	content_type: 'image/png',
	file_name: 'bukti-transfer.png',
};

/** Serves the files of the default data. They are outside of the API and need no key. */
export function registerFiles(app: FastifyInstance): void {
	app.get('/files/:name', async (request: { params: unknown }, reply) => {
		const { name } = request.params as { name: string };
		if (name !== SAMPLE_ATTACHMENT.file_name) throw new ApiError(404, 'File not found');
		return reply.type(SAMPLE_ATTACHMENT.content_type).send(PNG);
	});
}
