import { withFileNames } from '../../../nodes/Sahut/transport/attachmentNames';

const fileNamesOf = (
	...attachments: Array<{ url: string; file_name?: string; content_type?: string }>
) => withFileNames(attachments).map(({ file_name }) => file_name);

const PICTURE = { url: 'https://files.example/1', content_type: 'image/jpeg' };

it('a generated name differs from the names of the other attachments', () => {
	const named = { url: 'https://files.example/0', file_name: 'attachment_1.jpg' };

	expect(fileNamesOf(named, PICTURE)).toEqual(['attachment_1.jpg', 'attachment_1_2.jpg']);
});

it('a name from a URL contains no slash', () => {
	expect(fileNamesOf({ url: 'https://files.example/x%2Fbukti.pdf?a' })).toEqual(['x_bukti.pdf']);
});
