import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox';

export interface SandboxResponse {
	status: number;
	headers: Headers;
	// The shape of the body is what the tests are about.
	// eslint-disable-next-line @typescript-eslint/no-explicit-any
	body: any;
}

export interface OpenSandbox extends Sandbox {
	/** A request with the sandbox's key; `headers` are put over the usual ones. */
	request(
		method: string,
		path: string,
		body?: unknown,
		headers?: Record<string, string>,
	): Promise<SandboxResponse>;
}

const running: Sandbox[] = [];

let opened = 0;

/** The first sandbox of a process has the next seed, and so on. */
const BASE_SEED = 20_240_315;

/**
 * Starts a sandbox that the end of the test closes. It has its own API key and its own IDs: the operating
 * system reuses ports, and the node's process-wide caches must not mistake one workspace for another.
 */
export async function openSandbox(options: SandboxOptions = {}): Promise<OpenSandbox> {
	opened += 1;
	const sandbox = await startSandbox({
		apiKey: `sk_live_sandbox_${opened}`,
		seed: BASE_SEED + opened,
		...options,
	});
	running.push(sandbox);
	return {
		...sandbox,
		async request(method, path, body, headers = {}) {
			const response = await fetch(`${sandbox.url}${path}`, {
				method,
				headers: {
					authorization: `Bearer ${sandbox.apiKey}`,
					...(body !== undefined && { 'content-type': 'application/json' }),
					...headers,
				},
				// A string goes out as it is, for bodies that JSON.stringify cannot make.
				...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
			});
			const text = await response.text();
			const isJson = response.headers.get('content-type')?.startsWith('application/json');
			return {
				status: response.status,
				headers: response.headers,
				body: isJson && text !== '' ? JSON.parse(text) : text,
			};
		},
	};
}

afterEach(async () => {
	await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
});
