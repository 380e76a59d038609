import { execFile } from 'node:child_process';
import { join } from 'node:path';

import { parseOptions } from '../../scripts/checkApi/options';
import { checkApi } from '../../scripts/checkApi/run';
import { until } from '../support/workspace';
import { check, checkUntil, everything, namesOf, openWorkspace } from './check';

const ROOT = join(__dirname, '../..');

test('requests go out one after another, at the pace that is set', async () => {
	const sandbox = await openWorkspace();

	await check(sandbox, '--per-minute', '600');

	const { maxInFlight } = sandbox.journal;
	// Files lie elsewhere.
	const entries = sandbox.journal.entries.filter(({ path }) => !path.startsWith('/files'));

	expect(maxInFlight).toBe(1);

	// 100 ms apart, measured over all: a single one may arrive a little late.
	const took = entries.at(-1)!.at - entries[0]!.at;

	expect(took / (entries.length - 1)).toBeGreaterThan(97);
});

test('unless it is set, there are fewer than 60 requests a minute', () => {
	expect(parseOptions([]).perMinute).toBeLessThan(60);
});

test('a 429 is waited for, and tells how Retry-After is written', async () => {
	const sandbox = await openWorkspace({ rateLimit: { requests: 15, windowMs: 900 } });

	const outcome = await check(sandbox);

	expect(namesOf(outcome, 'copes', 'differs')).toEqual([]);
	expect(namesOf(outcome, 'as assumed')).toContain('retry-after-seconds: as assumed');
});

test('a key that is not accepted ends the check', async () => {
	const sandbox = await openWorkspace();

	await expect(check({ ...sandbox, apiKey: 'sk_live_other' })).rejects.toThrow(
		'Sahut does not accept the key in SAHUT_API_KEY (status 401).',
	);
});

test('a conversation that is not there is said before anything is written', async () => {
	const sandbox = await openWorkspace();

	const outcome = await check(
		sandbox,
		...['--conversation', 'conv_X', '--webhook', 'http://127.0.0.1:9/'],
	);

	expect(outcome.end).toBe('incomplete');
	expect(outcome.screen).toContain('There is no conversation with the ID given');
	expect(sandbox.journal.entries.every(({ method }) => method === 'GET')).toBe(true);
});

test('a key that may only read differs in nothing, and leaves the rest untried', async () => {
	const readOnlyApiKey = 'sk_live_reads';
	const sandbox = await openWorkspace({ readOnlyApiKey });
	const reader = { ...sandbox, apiKey: readOnlyApiKey };

	const outcome = await check(reader, '--conversation', sandbox.latest.id);

	expect(outcome.end).toBe('incomplete');
	expect(namesOf(outcome, 'copes', 'differs')).toEqual([]);
	expect(outcome.screen).toContain('The key may not POST /conversations/');
	expect(outcome.json).toContain('"isComplete": false');
});

test('a moment in which the API fails is waited for', async () => {
	const sandbox = await openWorkspace();
	sandbox.faults.add({ method: 'GET', path: '/contacts', kind: 'status', status: 503 });

	const outcome = await check(sandbox);

	expect(outcome.end).toBe('fine');
	expect(namesOf(outcome, 'copes', 'differs')).toEqual([]);
});

test('where it is interrupted, the webhook is deleted all the same', async () => {
	const sandbox = await openWorkspace();
	const interrupted = new AbortController();
	const [, , ...options] = await everything(sandbox);
	const checking = checkUntil(interrupted.signal, sandbox, ...options);
	await until(() => sandbox.store.webhooks.size > 0);
	interrupted.abort(new Error('Interrupted.'));

	const { end, screen } = await checking;

	expect(end).toBe('incomplete');
	expect(sandbox.store.webhooks.size).toBe(0);
	expect(screen).toContain('Interrupted.');
});

test('what has not answered is said without the key', async () => {
	const env = { SAHUT_API_KEY: 'sk_live_secret', SAHUT_BASE_URL: 'http://127.0.0.1:9/v1' };

	const checking = checkApi(parseOptions([]), env, () => undefined);

	await expect(checking).rejects.toThrow(/^No response to GET \/conversations \(\w+\)\. Is/);
});

test.each([
	[['--per-minute', '0'], '--per-minute must be a number above 0'],
	[['--listen', '8080'], '--listen needs --webhook'],
	[['--key', 'sk_live_x'], "Unknown option '--key'"],
])('%j is refused', (args, reason) => {
	expect(() => parseOptions(args)).toThrow(reason);
});

test('the command ends with 0, with 1 where something differs, with 2 where it cannot check', async () => {
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
