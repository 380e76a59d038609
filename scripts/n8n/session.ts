import { randomUUID } from 'node:crypto';

import { ensureOwnerLogin, type Login } from './ownerLogin';
import type { RunningN8n } from './server';

type Method = 'DELETE' | 'GET' | 'PATCH' | 'POST';

/** A running n8n, started by this process or by another one. */
type ReachableN8n = Pick<RunningN8n, 'url' | 'userFolder' | 'version'>;

/** A signed-in owner, who can call the internal API of n8n's editor. */
export interface Session {
	readonly n8n: ReachableN8n;
	/**
	 * Sends a request.
	 * @param path below /rest
	 * @returns `data` of the response
	 * @throws {Error} with n8n's message when n8n refuses the request.
	 */
	request<Data>(method: Method, path: string, body?: object): Promise<Data>;
}

interface Settings {
	userManagement: { showSetupOnFirstLoad: boolean };
}

/** n8n binds a login to a browser ID. */
const BROWSER_ID = randomUUID();

async function send(url: string, method: Method, body?: object, cookie = ''): Promise<Response> {
	const response = await fetch(url, {
		method,
		headers: {
			'browser-id': BROWSER_ID,
			'content-type': 'application/json',
			cookie,
			// A kept-alive connection may belong to an n8n that was killed meanwhile.
			connection: 'close',
		},
		...(body && { body: JSON.stringify(body) }),
	});
	if (response.ok) return response;
	throw new Error(
		`n8n responded to ${method} ${url} with ${response.status}: ${await response.text()}`,
	);
}

/** Signs in as the owner. Creates the owner if n8n has none yet. */
export async function signIn(
	n8n: ReachableN8n,
	login: Login = ensureOwnerLogin(n8n.userFolder),
): Promise<Session> {
	const rest = `${n8n.url}/rest`;
	const { data } = (await (await send(`${rest}/settings`, 'GET')).json()) as { data: Settings };
	const { email, password } = login;
	const response = data.userManagement.showSetupOnFirstLoad
		? await send(`${rest}/owner/setup`, 'POST', { ...login, firstName: 'Sahut', lastName: 'Owner' })
		: await send(`${rest}/login`, 'POST', { emailOrLdapLoginId: email, password });
	const cookie = response.headers.getSetCookie().map((line) => line.split(';')[0]);
	return {
		n8n,
		async request<Data>(method: Method, path: string, body?: object) {
			const answer = await send(`${rest}${path}`, method, body, cookie.join('; '));
			return ((await answer.json()) as { data: Data }).data;
		},
	};
}
