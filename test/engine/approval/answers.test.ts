import { getAnswer } from '../../../nodes/Sahut/processCache/answers';
import { createFakeNode } from '../../support/builtInNodes';
import { now } from '../../support/testClock';
import { openApproval } from './approvalHelpers';

type Opened = Awaited<ReturnType<typeof openApproval>>;

const output = ({ n8n }: Opened) => n8n.latest().output('Sahut');

const jsonOf = (opened: Opened) => output(opened).map(({ json }) => json);

it.each([
	['approve', true],
	['decline', false],
])('outputs the input item with the decision: %s', async (decision, approved) => {
	const binary = { file: { data: 'SGFsbw==', mimeType: 'text/plain' } };
	const row = {
		question: 'Kirim jawaban ini?',
		order: 'ORD-1',
		approved: 'yes',
		nested: [{ a: 1 }],
	};
	const opened = await openApproval({ overrides: { items: [{ json: row, binary }] } });
	const { n8n, notes, link, sandbox, conversation } = opened;

	await n8n.start();

	expect(n8n.latest().status).toBe('waiting');
	expect(n8n.latest().run.waitTill).toEqual(new Date('3000-01-01T00:00:00.000Z'));
	expect(notes()).toEqual([`Kirim jawaban ini?\n\nApprove / Decline: ${link()}`]);
	const message = sandbox.store.messages(conversation).at(-1)!;
	expect(message).toMatchObject({ private: true });
	const ids = { conversation_id: conversation, message_id: message.id };
	expect(jsonOf(opened)).toEqual([{ ...row, ...ids, approved: null, decided_at: null }]);

	const { status } = await n8n.open(link());
	expect([status, n8n.latest().status]).toEqual([200, 'waiting']);
	const recorded = await n8n.open(link(), decision);

	expect(recorded.html).toContain(approved ? '✓ Approve' : '✓ Decline');
	expect(n8n.latest().status).toBe('success');
	expect(output(opened)).toEqual([
		{
			json: { ...row, ...ids, approved, decided_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) },
			binary,
			pairedItem: { item: 0 },
		},
	]);
	const decidedAt = Date.parse(String(jsonOf(opened)[0]!.decided_at));
	expect(Math.abs(decidedAt - now())).toBeLessThan(60_000);
});

it('outputs null as the answer after the time limit, and does not change the output of the previous node', async () => {
	const values = { limitType: 'afterTimeInterval', resumeAmount: 2, resumeUnit: 'hours' };
	const opened = await openApproval({
		parameters: { options: { limitWaitTime: { values } } },
		rows: [{ question: 'Kirim?', approved: true, decided_at: 'kemarin' }],
	});
	const { n8n } = opened;
	await n8n.start();
	const waitMs = n8n.latest().run.waitTill!.getTime() - now();
	expect(Math.abs(waitMs - 2 * 60 * 60_000)).toBeLessThan(60_000);

	await n8n.expire();

	expect(n8n.latest().status).toBe('success');
	expect(output(opened)).toMatchObject([
		{ json: { question: 'Kirim?', approved: null, decided_at: null }, pairedItem: { item: 0 } },
	]);
	expect(n8n.latest().output('Customers')[0]!.json).toMatchObject({ approved: true });
});

it('shows only the question and its buttons, and escapes HTML in their texts', async () => {
	const attack = `</p><script>alert(1)</script><img src=x onerror='alert("2")'>{{ 1 }}`;
	const { n8n, link } = await openApproval({
		rows: [{ question: `${attack}\nBaris kedua`, secret: 'rahasia' }],
		parameters: {
			approval: { type: 'double', approveLabel: `"><b>Ya`, declineLabel: `'/><i>Tidak` },
		},
	});
	await n8n.start();

	const { html, headers } = await n8n.open(link());
	const recorded = await n8n.open(link(), 'approve');

	expect(html).toContain(
		'&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=&#39;alert(&quot;2&quot;)&#39;&gt;{{ 1 }}\nBaris kedua',
	);
	const tags = (page: string) => [...page.matchAll(/<(\w+)/g)].map(([, tag]) => tag);
	expect(tags(html.slice(html.indexOf('<body')))).toEqual([
		...['body', 'main', 'p', 'form', 'button', 'button'],
	]);
	expect(tags(recorded.html.slice(recorded.html.indexOf('<body')))).toEqual([
		...['body', 'main', 'h1', 'p'],
	]);
	expect(html).not.toMatch(/rahasia|nonce|https?:|execution/i);
	const policy = String(headers.get('content-security-policy'));
	expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-\S+'; form-action 'self'; /);
	expect(policy).toContain("frame-ancestors 'none'");
	expect(Object.fromEntries(headers)).toMatchObject({
		'cache-control': 'no-store',
		'referrer-policy': 'no-referrer',
		'x-content-type-options': 'nosniff',
		'x-frame-options': 'DENY',
	});
});

it('rejects the nonce of another question, and a form without a decision', async () => {
	const { n8n, link } = await openApproval({ parameters: { approval: {} } });
	await n8n.start();
	const other = (change: (parameters: URLSearchParams) => void) => {
		const url = new URL(link());
		change(url.searchParams);
		return url.href;
	};
	const foreign = [
		other((parameters) => parameters.set('nonce', 'A'.repeat(24))),
		other((parameters) => parameters.set('nonce', '')),
		other((parameters) => parameters.delete('nonce')),
		other((parameters) => parameters.append('nonce', 'x')),
	];
	for (const url of foreign) {
		const pages = [await n8n.open(url), await n8n.open(url, 'approve')];
		expect(pages.map(({ status }) => status)).toEqual([410, 410]);
		expect(pages[0]!.html).not.toContain('Kirim');
	}
	// The question can only be approved.
	for (const decision of ['', 'true', 'decline']) {
		expect(await n8n.open(link(), decision)).toMatchObject({ status: 400 });
	}
	expect(n8n.latest().status).toBe('waiting');
	expect(n8n.errors).toEqual([]);
});

it('resumes once after two simultaneous clicks, and accepts another click if n8n could not resume', async () => {
	const runs: unknown[] = [];
	const opened = await openApproval({
		overrides: {
			nodeTypes: {
				'n8n-nodes-base.noOp': createFakeNode('noOp', [], async function () {
					runs.push(this.getInputData()[0]!.json.approved);
					return [this.getInputData()];
				}),
			},
		},
		withNext: true,
	});
	const { n8n, link } = opened;
	await n8n.start();

	n8n.failNextResume();
	expect(await n8n.open(link(), 'approve')).toMatchObject({ status: 500 });
	expect(n8n.latest().status).toBe('waiting');

	const link1 = link();
	const pages = await Promise.all([n8n.open(link1, 'decline'), n8n.open(link1, 'approve')]);

	expect(runs).toHaveLength(1);
	const label = runs[0] === true ? '✓ Approve' : '✓ Decline';
	expect(pages.map(({ html }) => html.includes(label))).toEqual([true, true]);
	expect(getAnswer('another question', { now, sleep: async () => {} })).toEqual({});
});

it.each(['It\'s "here" {{ $json }} }}', 'Tanya 100% \\ ${x} `y`'])(
	'finds the question of a node with the name %j',
	async (name) => {
		const { n8n, link } = await openApproval({ name });
		await n8n.start();

		await n8n.open(link(), 'approve');

		expect(n8n.errors).toEqual([]);
		expect(n8n.latest().output(name)[0]!.json).toMatchObject({ approved: true });
	},
);

it('continues to wait if n8n cannot read the question', async () => {
	const { n8n, link } = await openApproval();
	await n8n.start();
	n8n.latest().run.data.executionData!.contextData = { 'node:Sahut': { question: null } } as never;

	expect(await n8n.open(link(), 'approve')).toMatchObject({ status: 410 });
	expect(n8n.latest().status).toBe('waiting');
});
