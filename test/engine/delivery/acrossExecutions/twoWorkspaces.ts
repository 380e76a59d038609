import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';

import type { SandboxOptions } from '../../../../sandbox';
import { openServer } from '../../../support/localServer';
import { openWorkspace, type Workspace } from '../../../support/workspace';

async function readBody(request: IncomingMessage): Promise<string> {
	let text = '';
	request.setEncoding('utf8').on('data', (part) => (text += part));
	await once(request, 'end');
	return text;
}

/**
 * Opens two workspaces under one base URL, as Sahut has them: only the API key tells them apart.
 *
 * @param options of each sandbox
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
			const answer = await fetch(new URL(url!, sandbox.url), {
				method,
				headers: {
					authorization: headers.authorization!,
					...(body !== '' && { 'content-type': 'application/json' }),
				},
				...(body !== '' && { body }),
			});
			response.writeHead(answer.status, {
				'content-type': 'application/json',
				date: answer.headers.get('date')!,
			});
			response.end(await answer.text());
		})();
	});
	for (const { credentials } of workspaces) credentials.sahutApi!.baseUrl = `${origin}/v1`;
	return workspaces;
}
