import { randomUUID } from 'node:crypto';

import { throwAwayLogin, type Login } from './login';
import type { RunningN8n } from './server';

type Method = 'DELETE' | 'GET' | 'PATCH' | 'POST';

/** An n8n that was started, here or by someone else. */
type ReachableN8n = Pick<RunningN8n, 'url' | 'userFolder' | 'version'>;

/** Calls the API that n8n's editor uses, as the owner. */
export interface Session {
	readonly n8n: ReachableN8n;
	/**
	 * @param path below /rest
	 * @returns what the answer has in `data`
	 * @throws {Error} with n8n's message when it refuses.
	 */
	request<Data>(method: Method, path: string, body?: object): Promise<Data>;
}

interface Settings {
	userManagement: { showSetupOnFirstLoad: boolean };
}

/** n8n ties a login to the browser that it was made in. */
const BROWSER_ID = randomUUID();

async function send(url: string, method: Method, body?: object, cookie = ''): Promise<Response> {
	const response = await fetch(url, {
		method,
		headers: {
			'browser-id': BROWSER_ID,
			'content-type': 'application/json',
			cookie,
			// One that is kept may be of an n8n that was killed since.
			connection: 'close',
		},
		...(body && { body: JSON.stringify(body) }),
	});
	if (response.ok) return response;
	throw new Error(
		`n8n answered ${method} ${url} with ${response.status}: ${await response.text()}`,
	);
}

/** Signs the owner up, in an n8n that has none yet, or in. */
export async function signIn(
	n8n: ReachableN8n,
	login: Login = throwAwayLogin(n8n.userFolder),
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
