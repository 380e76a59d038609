import type { IHookFunctions } from 'n8n-workflow';

import { assertReachable, isPrivate } from '../../../nodes/Sahut/trigger/reachable';

const SAHUT = 'https://api.sahut.id/v1/webhooks';
const SANDBOX = 'http://127.0.0.1:8787/v1/webhooks';
const FROM_DOCKER = 'http://host.docker.internal:8787/v1/webhooks';
const OTHER_API = 'https://sahut.example.com/v1/webhooks';
const ACCEPTED = 'accepted';
const REJECTED = 'Sahut cannot deliver events to';

/**
 * Checks an address for deliveries from an API.
 *
 * @returns the error, the warnings, or {@link ACCEPTED}
 */
function checkReachable(url: string, api: string) {
	const warnings: string[] = [];
	const logger = { warn: (message: string) => warnings.push(message) };
	const getNode = () => ({ name: 'Sahut Trigger', type: 'sahutTrigger' });
	const context = { getNode, logger } as unknown as IHookFunctions;
	try {
		assertReachable(context, url, api);
	} catch (error) {
		return (error as Error).message;
	}
	return warnings.length > 0 ? warnings.join() : ACCEPTED;
}

it.each([
	'https://localhost:5678/webhook/1',
	'https://127.0.0.1/webhook/1',
	'https://n8n/webhook/1',
	'https://n8n.local/webhook/1',
	'https://N8N.LOCAL./webhook/1',
	'https://n8n.office.internal/webhook/1',
	'https://n8n.lan/webhook/1',
	'https://n8n.home.arpa/webhook/1',
	'https://n8n.test/webhook/1',
	'https://host.docker.internal/webhook/1',
	'https://0.0.0.0/webhook/1',
	'https://10.1.2.3/webhook/1',
	'https://100.64.0.1/webhook/1',
	'https://169.254.1.1/webhook/1',
	'https://172.16.0.1/webhook/1',
	'https://172.31.255.255/webhook/1',
	'https://192.168.1.10:5678/webhook/1',
	'https://3232235786/webhook/1',
	'https://[::]/webhook/1',
	'https://[::1]/webhook/1',
	'https://[fd12:3456::1]/webhook/1',
	'https://[fe80::1]/webhook/1',
])('rejects the private address %s', (url) => {
	expect(isPrivate(url)).toBe(true);
	expect(checkReachable(url, SAHUT)).toBe(`${REJECTED} ${url}`);
});

it.each([
	'https://n8n.example.com/webhook/1',
	'https://tunnel.example.net/webhook/1',
	'https://local.example.com/webhook/1',
	'https://n8n-local.example.net/webhook/1',
	'https://internal.example.org/webhook/1',
	'https://10.example.com/webhook/1',
	'https://9.10.10.10/webhook/1',
	'https://100.63.255.255/webhook/1',
	'https://100.128.0.1/webhook/1',
	'https://172.15.0.1/webhook/1',
	'https://172.32.0.1/webhook/1',
	'https://192.169.0.1/webhook/1',
	'https://[2001:db8:fd00::1]/webhook/1',
	'https://[fec::1]/webhook/1',
])('accepts the public address %s', (url) => {
	expect(isPrivate(url)).toBe(false);
	expect(checkReachable(url, SAHUT)).toBe(ACCEPTED);
});

it.each([SAHUT, SANDBOX, FROM_DOCKER, OTHER_API])(
	'rejects unencrypted addresses for the API at %s',
	(api) => {
		expect(checkReachable('http://n8n.example.com/1', api)).toMatch(REJECTED);
		expect(checkReachable('http://192.168.1.10/1', api)).toMatch(REJECTED);
	},
);

it.each([SANDBOX, FROM_DOCKER])(
	'accepts addresses of this computer and its network for the sandbox at %s',
	(api) => {
		for (const url of ['http://localhost:5678/1', 'http://127.0.0.1/1', 'https://192.168.1.10/1']) {
			expect(checkReachable(url, api)).toBe(ACCEPTED);
		}
	},
);

it('warns about a private address, and rejects this computer, for another API', () => {
	expect(checkReachable('https://n8n.lan/1', OTHER_API)).toMatch(
		/can be reached only from your own network/,
	);
	expect(checkReachable('https://localhost/1', OTHER_API)).toMatch(REJECTED);
});
