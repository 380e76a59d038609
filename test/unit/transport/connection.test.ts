import {
	isReachableFrom,
	normalizeApiKey,
	normalizeBaseUrl,
} from '../../../nodes/Sahut/transport/connection';

describe('normalizeApiKey', () => {
	it.each([
		['sk_live_1', 'sk_live_1'],
		['\tsk_live_1 \n', 'sk_live_1'],
		['Bearer sk_live_1', 'sk_live_1'],
		['bearer\nsk_live_1', 'sk_live_1'],
		['Bearersk_live_1', 'Bearersk_live_1'],
	])('converts %j to %j', (given, expected) => {
		expect(normalizeApiKey(given)).toBe(expected);
	});

	it.each(['', ' ', 'Bearer', ' Bearer ', undefined])('rejects %j as empty', (given) => {
		expect(() => normalizeApiKey(given)).toThrow('The API Key is empty');
	});
});

describe('normalizeBaseUrl', () => {
	it.each([
		['https://api.sahut.id/v1', 'https://api.sahut.id/v1'],
		[' https://api.sahut.id/v1// ', 'https://api.sahut.id/v1'],
		['http://localhost:8787/v1', 'http://localhost:8787/v1'],
		['http://127.0.0.1:8787/v1/', 'http://127.0.0.1:8787/v1'],
		['http://127.8.9.10', 'http://127.8.9.10'],
		['http://[::1]:8787/v1', 'http://[::1]:8787/v1'],
		['http://host.docker.internal:8787/v1', 'http://host.docker.internal:8787/v1'],
		['HTTP://HOST.Docker.INTERNAL', 'http://host.docker.internal'],
	])('converts %j to %j', (given, expected) => {
		expect(normalizeBaseUrl(given)).toBe(expected);
	});

	it.each([
		'http://api.sahut.id/v1',
		'HTTP://API.SAHUT.ID',
		'http://localhost.sahut.id',
		'http://127.0.0.1.sahut.id',
		'http://127.0.0.1@api.sahut.id',
		'http://192.168.1.10:8787',
		'http://host.docker.internal.example.com',
		'http://host.docker.internal@example.com',
		'http://host.docker.internal:8787@example.com',
		'http://example.com/host.docker.internal',
		'http://xhost.docker.internal',
		'http://x.host.docker.internal',
		'http://host-docker.internal',
		'http://docker.internal',
		'http://gateway.docker.internal',
		'http://host.docker.internal.',
		'http://localhost.',
	])('rejects %s, to which the key would be sent unencrypted', (given) => {
		expect(() => normalizeBaseUrl(given)).toThrow('across the network unencrypted');
	});

	it.each([
		['sk_live_4f9d8a7b6c5e', undefined],
		['https://sk_live_4f9d8a7b6c5e', undefined],
		['http://SK_LIVE_4f9d8a7b6c5e/v1', undefined],
		['https://api.sahut.id/v1/geheim12345', 'geheim12345'],
		['https://api.sahut.id/v1sk_live_4f9d8a7b6c5e', 'geheim12345'],
		['https://api.sahut.id/v1/geheim12345', 'Bearer geheim12345'],
		['geheim12345', ' geheim12345 '],
	])('rejects %j, which contains a key, and does not quote the key', (given, apiKey) => {
		const normalize = () => normalizeBaseUrl(given, apiKey);

		expect(normalize).toThrow('The Base URL contains an API key');
		expect(normalize).not.toThrow(/4f9d8a7b6c5e|geheim/i);
	});

	it.each(['api.sahut.id secret', 'http://secret.example.com'])(
		'does not quote the invalid URL %j',
		(given) => {
			const normalize = () => normalizeBaseUrl(given);

			expect(normalize).toThrow();
			expect(normalize).not.toThrow('secret');
		},
	);

	it.each([
		'',
		'api.sahut.id/v1',
		'ftp://api.sahut.id',
		'https://api.sahut.id/v1?key=1',
		'//api.sahut.id',
		'javascript:alert(1)',
		'https://',
		undefined,
	])('rejects %j, which is not a web address', (given) => {
		expect(() => normalizeBaseUrl(given)).toThrow('is not a web address');
	});
});

it.each([
	['http://localhost:5678', false],
	['http://127.0.0.1:5678', false],
	['http://[::1]:5678', false],
	['http://0.0.0.0:5678', false],
	['http://[::]:5678', false],
	['http://192.168.1.10:5678', true],
	['https://n8n.example.com', true],
	['https://0.0.0.0.example.com', true],
])('knows whether another computer can reach %s: %s', (address, isReachable) => {
	expect(isReachableFrom('https://api.sahut.id/v1', address)).toBe(isReachable);
	expect(isReachableFrom('http://127.0.0.1:8787/v1', address)).toBe(true);
});
