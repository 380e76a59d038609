import net from 'node:net';

import { openWorkspace, sendText, until } from '../support/workspace';

/** What Node says when the operating system refuses something. */
const failure = (syscall: string, code: string) =>
	Object.assign(new Error(`${syscall} ${code}`), { code, syscall });

afterEach(() => jest.restoreAllMocks());

it.each([
	['read', 'EHOSTUNREACH'],
	['write', 'ENETUNREACH'],
	['read', 'ENETDOWN'],
	['read', 'EADDRNOTAVAIL'],
])('a message that has arrived is not sent again after %s %s', async (syscall, code) => {
	const workspace = await openWorkspace();
	const [conversation] = workspace.addConversations(1);
	const { faults, store } = workspace.sandbox;
	faults.add({ kind: 'slow', delayMs: 1_000, method: 'POST' });
	// The first look fails, so that only the second try can find it.
	faults.add({ kind: 'status', status: 403, method: 'GET' });
	const connect = jest.spyOn(net.Socket.prototype, 'connect');

	const running = workspace.run(sendText, [{ conversation, text: 'Halo' }], {
		retryOnFail: true,
		maxTries: 2,
		waitBetweenTries: 1,
	});
	await until(() => workspace.sent(conversation!).length > 0);
	for (const socket of connect.mock.contexts as net.Socket[]) {
		socket.destroy(failure(syscall, code));
	}
	const { output } = await running;

	expect(workspace.sent(conversation!)).toEqual(['Halo']);
	expect(output('Sahut')[0]!.json.id).toBe(store.messages(conversation!).at(-1)!.id);
});

it.each([
	['connect', 'EPERM'],
	['connect', 'EACCES'],
	['connect', 'EMFILE'],
	['connect', 'ENOBUFS'],
	['getaddrinfo', 'EAI_FAIL'],
])('a message goes out at the next attempt when none was sent after %s %s', async (...row) => {
	const workspace = await openWorkspace();
	const [conversation] = workspace.addConversations(1);
	const connect = jest.spyOn(net.Socket.prototype, 'connect');
	connect.mockImplementationOnce(function (this: net.Socket) {
		process.nextTick(() => this.destroy(failure(...row)));
		return this;
	});

	const { status } = await workspace.run(sendText, [{ conversation, text: 'Halo' }]);

	expect(status).toBe('success');
	expect(workspace.requests()).toEqual([`POST /conversations/${conversation}/messages`]);
});
