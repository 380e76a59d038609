import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';

import type { SandboxOptions } from '../../../../sandbox';
import { openServer } from '../../../support/localServer';
import { openWorkspace, type Workspace } from '../../../support/workspace';

/** Returns the body of a request as text. */
async function readBody(request: IncomingMessage): Promise<string> {
	let text = '';
	request.setEncoding('utf8').on('data', (part) => (text += part));
	await once(request, 'end');
	return text;
}

/**
 * Opens two workspaces under one base URL, as in Sahut: only the API key distinguishes them.
 *
 * @param options the options of each sandbox
 */
export async function openBehindOneUrl(options: SandboxOptions = {}): Promise<Workspace[]> {
	const workspaces = [await openWorkspace(options), await openWorkspace(options)];
	const origin = await openServer((request, response) => {
		void (async () => {
			const { method, url, headers } = request;
			const body = await readBody(request);
			const { sandbox } = workspaces.find(
				(each) => headers.authorization === `Bearer ${each.sandbox.apiKey}`,
			)!;
			const forwarded = await fetch(new URL(url!, sandbox.url), {
				method,
				headers: {
					authorization: headers.authorization!,
					...(body !== '' && { 'content-type': 'application/json' }),
				},
				...(body !== '' && { body }),
			});
			response.writeHead(forwarded.status, {
				'content-type': 'application/json',
				date: forwarded.headers.get('date')!,
			});
			response.end(await forwarded.text());
		})();
	});
	for (const { credentials } of workspaces) credentials.sahutApi!.baseUrl = `${origin}/v1`;
	return workspaces;
}
