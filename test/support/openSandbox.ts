import { now } from './testClock';
import './transport';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox';

/** A response of the sandbox. */
export interface SandboxResponse {
	status: number;
	headers: Headers;
	// Tests assert the shape of the body.
	// eslint-disable-next-line @typescript-eslint/no-explicit-any
	body: any;
}

/** A sandbox with a method that makes requests. */
export interface OpenSandbox extends Sandbox {
	/** Makes a request with the sandbox's key. `headers` override the default headers. */
	request(
		method: string,
		path: string,
		body?: unknown,
		headers?: Record<string, string>,
	): Promise<SandboxResponse>;
}

const running: Sandbox[] = [];

let opened = 0;

/** The sandboxes of a process have the seeds after this one. */
const BASE_SEED = 20_240_315;

/**
 * Starts a sandbox, which is closed after the test. Each sandbox has another API key and other IDs,
 * because the operating system reuses ports: with the same key and port, the node's process-wide cache
 * would treat two sandboxes as one workspace.
 */
export async function openSandbox(options: SandboxOptions = {}): Promise<OpenSandbox> {
	opened += 1;
	const sandbox = await startSandbox({
		apiKey: `sk_live_sandbox_${opened}`,
		seed: BASE_SEED + opened,
		now: () => new Date(now()),
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
				// A string is sent unchanged, for bodies that are not valid JSON.
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
