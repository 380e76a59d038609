import { execFile } from 'node:child_process';
import { join } from 'node:path';

import { parseOptions } from '../../scripts/checkApi/options';
import { checkApi } from '../../scripts/checkApi/run';
import { until } from '../support/workspace';
import { runCheck, runCheckUntil, allOptions, verdictsOf, openWorkspace } from './runCheck';

const ROOT = join(__dirname, '../..');

test('the check sends one request at a time, at the given rate', async () => {
	const sandbox = await openWorkspace();

	await runCheck(sandbox, '--per-minute', '600');

	const { maxInFlight } = sandbox.journal;
	// Attachments do not count for the rate.
	const entries = sandbox.journal.entries.filter(({ path }) => !path.startsWith('/files'));

	expect(maxInFlight).toBe(1);

	// 600 per minute are 100 ms apart on average; a single request may arrive later.
	const durationMs = entries.at(-1)!.at - entries[0]!.at;

	expect(durationMs / (entries.length - 1)).toBeGreaterThan(97);
});

test('the default rate is below 60 requests per minute', () => {
	expect(parseOptions([]).perMinute).toBeLessThan(60);
});

test('the check waits after a 429, and checks the format of Retry-After', async () => {
	const sandbox = await openWorkspace({ rateLimit: { requests: 15, windowMs: 900 } });

	const result = await runCheck(sandbox);

	expect(verdictsOf(result, 'handled', 'differs')).toEqual([]);
	expect(verdictsOf(result, 'as assumed')).toContain('retry-after-seconds: as assumed');
});

test('an invalid key ends the check', async () => {
	const sandbox = await openWorkspace();

	await expect(runCheck({ ...sandbox, apiKey: 'sk_live_other' })).rejects.toThrow(
		'Sahut does not accept the key in SAHUT_API_KEY (status 401).',
	);
});

test('an unknown conversation is reported before any write', async () => {
	const sandbox = await openWorkspace();

	const result = await runCheck(
		sandbox,
		...['--conversation', 'conv_X', '--webhook', 'http://127.0.0.1:9/'],
	);

	expect(result.outcome).toBe('incomplete');
	expect(result.printed).toContain('Sahut has no conversation with the ID in --conversation');
	expect(new Set(sandbox.journal.entries.map(({ method }) => method))).toEqual(new Set(['GET']));
});

test('a read-only key leads to an incomplete report without differences', async () => {
	const readOnlyApiKey = 'sk_live_reads';
	const sandbox = await openWorkspace({ readOnlyApiKey });
	const reader = { ...sandbox, apiKey: readOnlyApiKey };

	const result = await runCheck(reader, '--conversation', sandbox.latest.id);

	expect(result.outcome).toBe('incomplete');
	expect(verdictsOf(result, 'handled', 'differs')).toEqual([]);
	expect(result.printed).toContain('The key has no permission for POST /conversations/');
	expect(result.report).toContain('"isComplete": false');
});

test('the check repeats a request after a 503', async () => {
	const sandbox = await openWorkspace();
	sandbox.faults.add({ method: 'GET', path: '/contacts', kind: 'status', status: 503 });

	const result = await runCheck(sandbox);

	expect(result.outcome).toBe('fine');
	expect(verdictsOf(result, 'handled', 'differs')).toEqual([]);
});

test('the webhook is deleted even if the check is interrupted', async () => {
	const sandbox = await openWorkspace();
	const interrupted = new AbortController();
	const [, , ...options] = await allOptions(sandbox);
	const checking = runCheckUntil(interrupted.signal, sandbox, ...options);
	await until(() => sandbox.store.webhooks.size > 0);
	interrupted.abort(new Error('Interrupted.'));

	const { outcome, printed } = await checking;

	expect(outcome).toBe('incomplete');
	expect(sandbox.store.webhooks.size).toBe(0);
	expect(printed).toContain('Interrupted.');
});

test('the error about a missing response does not contain the key', async () => {
	const key = 'sk_live_secret';
	const env = { SAHUT_API_KEY: key, SAHUT_BASE_URL: 'http://127.0.0.1:9/v1' };

	const error: unknown = await checkApi(parseOptions([]), env, () => undefined).catch(String);

	expect(error).toMatch(/^Error: No response to GET \/conversations \(\w+\)\. Check/);
	expect(error).not.toContain(key);
});

test.each([
	[['--per-minute', '0'], '--per-minute must be a number above 0'],
	[['--listen', '8080'], '--listen requires --webhook'],
	[['--key', 'sk_live_x'], "Unknown option '--key'"],
])('the options %j are rejected: %s', (args, reason) => {
	expect(() => parseOptions(args)).toThrow(reason);
});

test('the exit code is 0 without a difference, 1 with a difference, and 2 if the check is not possible', async () => {
	const sandbox = await openWorkspace();
	const run = async (env: Record<string, string>, ...args: string[]) =>
		await new Promise((resolve) => {
			const command = [join(ROOT, 'node_modules/tsx/dist/cli.mjs'), 'scripts/checkApi.ts', ...args];
			execFile(process.execPath, command, { cwd: ROOT, env: { ...process.env, ...env } }, (error) =>
				resolve(error ? error.code : 0),
			);
		});
	const env = { SAHUT_API_KEY: sandbox.apiKey, SAHUT_BASE_URL: sandbox.url };
	const fast = ['--per-minute', '1000000'];

	expect(await run(env, ...fast)).toBe(0);

	sandbox.faults.add({ method: 'PUT', kind: 'status', status: 400 });

	expect(await run(env, ...fast, '--conversation', sandbox.latest.id)).toBe(1);
	expect(await run({ ...env, SAHUT_API_KEY: '' }, ...fast)).toBe(2);
}, 120_000);
