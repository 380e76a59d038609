import { faker } from '@faker-js/faker/locale/id_ID';
import type { IDataObject, IHttpRequestOptions, INode } from 'n8n-workflow';

import type * as Runtime from '../../../../nodes/Sahut/runtime/execute';
import type { FaultAction, SandboxOptions } from '../../../../sandbox';
import { SECOND_MS } from '../../../../sandbox/clock';
import type { Contact, Conversation, Message } from '../../../../sandbox/records';
import { importFromDist, type FinishedRun } from '../../../support/engine';
import { advanceClock, now } from '../../../support/testClock';
import { toPhone } from '../../../support/workspace';
import {
	openChangingWorkspace,
	TAG_TO_SKIP,
	toE164,
	typePhone,
	type ChangingWorkspace,
} from './changingWorkspace';
import { allowedChoices, isUsable, type CustomerState } from './customerHistory';

/**
 * Sends batches while agents and customers change the records.
 *
 * BATCH_SEED is the first seed, and BATCH_SEEDS the number of seeds of the first test. A seed determines the
 * workload and the kinds of changes, but not the timing of the requests.
 */
const FIRST_SEED = Number(process.env.BATCH_SEED ?? 1);
const SEEDS = Number(process.env.BATCH_SEEDS ?? 24);
/** The other tests run fewer seeds. */
const FEW_SEEDS = Math.ceil(SEEDS / 3);

/** Longer than one seed takes on a busy machine. */
const SEED_TIMEOUT_MS = 60_000;

/** For how long a read of the lists counts, as promised. Not imported, so that a change of the promise fails. */
const FRESH_MS = 10 * SECOND_MS;
/** For how long a listed contact counts as having its number, as promised. */
const CONTACT_MAX_AGE_MS = 300 * SECOND_MS;
const TOLERANCE_MS = SECOND_MS;
/** The most by which the test moves the clock forward at once. */
const MAX_JUMP_MS = 8 * SECOND_MS;
/** An item may make several requests after a list was read. So several jumps may occur in between. */
const JUMPS_PER_ITEM = 4;

/** How a batch is sent. */
interface Variant {
	messageType: 'template' | 'textOrTemplate' | 'text';
	skipsSent: boolean;
	skipsTagged: boolean;
	concurrency: number;
	rateLimit?: { requests: number; windowMs: number };
	/** Executions at the same moment. */
	executions: 1 | 2;
	/** The probability that a request or response meets a change. */
	changeShare: number;
	/** The probability that the clock jumps during a request or response, divided by the number of concurrent ones. */
	jumpShare: number;
}

function createVariant(seed: number): Variant {
	const types = ['template', 'textOrTemplate', 'text'] as const;
	const messageType = types[seed % types.length]!;
	const executions = faker.datatype.boolean(0.3) ? 2 : 1;
	const isLimited = faker.datatype.boolean(0.5);
	return {
		messageType,
		executions,
		skipsSent: messageType === 'text' || executions === 2,
		skipsTagged: faker.datatype.boolean(0.25),
		concurrency: faker.helpers.arrayElement([1, 3, 5, 10, 20]),
		changeShare: faker.number.float({ min: 0.1, max: 0.5 }),
		jumpShare: faker.number.float({ min: 0.1, max: 0.4 }),
		...(isLimited && {
			rateLimit: {
				requests: faker.number.int({ min: 15, max: 50 }),
				windowMs: faker.number.int({ min: 5, max: 30 }) * SECOND_MS,
			},
		}),
	};
}

interface Row extends IDataObject {
	phone: string;
	/** E.164. */
	customer: string;
	/** Only this row's message contains it. */
	label: string;
}

/** Returns 30 to 150 rows. Some customers have several. */
function createRows(phones: string[]): Row[] {
	const count = faker.number.int({ min: 30, max: 150 });
	return Array.from({ length: count }, (_, index) => {
		const customer = faker.datatype.boolean(0.8)
			? phones[index % phones.length]!
			: faker.helpers.arrayElement(phones);
		const phone = faker.datatype.boolean(0.3) ? typePhone(customer) : customer;
		return { phone, customer, label: `Baris-${1_000 + index}` };
	});
}

function createParameters(workspace: ChangingWorkspace, variant: Variant): INode['parameters'] {
	const { messageType, concurrency, skipsSent, skipsTagged } = variant;
	const value = '={{ $json.label }}';
	return {
		...toPhone(workspace, {
			concurrency,
			...(skipsSent && { skipIfSentWithin: 24 }),
			...(skipsTagged && { skipContactTags: [TAG_TO_SKIP] }),
		}),
		messageType,
		content: '=Halo Kak, pesanan {{ $json.label }} sudah siap.',
		templateVariables: { variable: [{ name: 'customer_name', value }] },
	};
}

/** Returns the label of the row that a message belongs to. */
const labelOf = ({ content }: Message) => /Baris-\d+/.exec(content)?.[0] ?? content;

/**
 * Calls a function for each request at the moment at which the node passes it to n8n, until `stop` is called. n8n
 * sends it later, after other requests may have moved the clock.
 */
async function observeNode(
	onRequest: (options: IHttpRequestOptions) => void,
): Promise<{ stop(): void }> {
	const runtime = await importFromDist<typeof Runtime>('runtime/execute');
	const { executeItems } = runtime;
	const spy = jest.spyOn(runtime, 'executeItems').mockImplementation(async (context, ...others) => {
		const { helpers } = context;
		const send = helpers.httpRequestWithAuthentication;
		helpers.httpRequestWithAuthentication = async function (credential, options, ...more) {
			onRequest(options);
			return (await send.call(this, credential, options, ...more)) as unknown;
		};
		return await executeItems(context, ...others);
	});
	return { stop: () => spy.mockRestore() };
}

/** A message that Sahut has stored for a row. */
interface Stored {
	id: string;
	label: string;
	conversationId: string;
}

/** A batch in progress, which agents disturb. */
interface Watch {
	stored: Stored[];
	/** Violations of the promises, as sentences. */
	violations: string[];
	/** Conversations that the node has created, or read by their ID. */
	createdOrRead: Set<string>;
	stop(): void;
}

/**
 * Changes the workspace at random requests until `stop` is called, and compares each write of the node with the
 * states that the customer had shortly before.
 */
async function watch(workspace: ChangingWorkspace, rows: Row[], variant: Variant): Promise<Watch> {
	const { store, journal } = workspace.sandbox;
	const { history, phones, contactsChangedAt, mergedAt, numbersLostAt, movedConversations } =
		workspace;
	const needsWindow = variant.messageType !== 'template';
	const rowsByLabel = new Map(rows.map((row) => [row.label, row]));
	const pending = new Set(rows);
	const stored: Stored[] = [];
	const violations: string[] = [];
	const createdOrRead = new Set<string>();
	/** When the node last read a conversation by its ID. */
	const readAt = new Map<string, number>();
	/** When the node last began to send into a conversation. */
	const sendStartedAt = new Map<string, number>();
	/** Conversations that the node has created. */
	const created = new Set<string>();
	/** The conversations that the executions have used for a number, the latest one last. */
	const used = new Map<string, string[]>();
	/** The contacts that the executions have used for a number. Each execution continues to use its contact. */
	const usedContacts = new Map<string, Set<string>>();
	/** Whether a contact had the tag when the number was last searched for, by the searched digits. */
	const taggedAtSearch = new Map<string, boolean>();
	const itemMs = FRESH_MS + JUMPS_PER_ITEM * MAX_JUMP_MS + 10 * (variant.rateLimit?.windowMs ?? 0);

	const isRecent = (at = -Infinity) => at >= now() - CONTACT_MAX_AGE_MS - itemMs;
	const haveContactsChanged = (phone: string) => isRecent(contactsChangedAt.get(phone));
	/** A merge does not change `updated_at`, so the lists of changes do not show the moved conversations. */
	const mayMissConversations = (phone: string) =>
		haveContactsChanged(phone) || isRecent(mergedAt.get(phone));

	/** Changes a customer, mostly one whose message is sent soon. Moves the clock forward at times. */
	function disturb(): void {
		if (faker.datatype.boolean(variant.changeShare)) {
			const soon = [...pending].slice(0, 2 * variant.concurrency + 2);
			const isSoon = soon.length > 0 && faker.datatype.boolean(0.8);
			const phone = isSoon
				? faker.helpers.arrayElement(soon).customer
				: faker.helpers.arrayElement(phones);
			workspace.change(phone);
		}
		const jumpShare = variant.jumpShare / variant.concurrency / variant.executions;
		if (faker.datatype.boolean(jumpShare)) advanceClock(faker.number.int(MAX_JUMP_MS));
	}

	/** Describes the given states of a customer, and its changes, for a violation. Times are in ms before now. */
	function describeCustomer(phone: string, states: CustomerState[]): string {
		const ago = (at: number) => now() - at;
		const changes = workspace.changes
			.filter((change) => change.phone === phone)
			.map(({ at, kind }) => `${kind} ${ago(at)}`);
		const shown = states.map(({ at, conversations, ...others }) => ({
			since: ago(at),
			...others,
			conversations: conversations.map(({ id, status, activeAt, incomingAt }) =>
				[id, status, 'active', ago(activeAt), 'written', ago(incomingAt)].join(' '),
			),
		}));
		return `${phone}: ${JSON.stringify(shown)}; changes: ${changes.join(', ')}`;
	}

	function checkMessage(message: Message, conversation: Conversation): void {
		const label = labelOf(message);
		const { id } = conversation;
		stored.push({ id: message.id, label, conversationId: id });
		const row = rowsByLabel.get(label);
		if (!row) {
			violations.push(`message "${message.content}" belongs to no row`);
			return;
		}
		pending.delete(row);
		const { customer } = row;
		// Each row must have made a search of its own.
		if (variant.skipsTagged && (taggedAtSearch.get(customer.slice(-4)) ?? true)) {
			violations.push(`${label} was sent to ${customer} despite the tag, or without a search`);
		}
		taggedAtSearch.delete(customer.slice(-4));
		const usedBefore = used.get(customer) ?? [];
		used.set(customer, [...usedBefore, id]);
		const { contact } = conversation;
		const contactsBefore = usedContacts.get(customer) ?? new Set<string>();
		usedContacts.set(customer, new Set([...contactsBefore, contact.id]));
		if (usedBefore.includes(id)) return;
		const mayLeave =
			variant.executions > 1 ||
			usedBefore.length === 0 ||
			movedConversations.has(usedBefore.at(-1)!) ||
			contactsChangedAt.has(customer);
		if (!mayLeave) {
			violations.push(
				`${label} left ${usedBefore.at(-1)} for ${id}. ${describeCustomer(customer, [])}`,
			);
			return;
		}
		if (created.delete(id)) return;
		const sentAt = sendStartedAt.get(id) ?? now();
		// After the lists have become outdated, the node reads the customer's conversations by ID. Like a single
		// message, the item may then wait for the rate limit.
		const ids = history
			.since(customer, sentAt - itemMs)
			.flatMap(({ conversations }) => conversations.map((each) => each.id));
		const reads = [...ids, id].map((each) => sentAt - (readAt.get(each) ?? -Infinity));
		const readBefore = Math.max(...reads.filter((each) => each <= itemMs), -Infinity);
		const wasRead = readBefore >= 0;
		const since = sentAt - (wasRead ? readBefore + itemMs : FRESH_MS + TOLERANCE_MS);
		const states = history.since(customer, since);
		if (states.some((state) => allowedChoices(state, needsWindow).includes(id))) return;
		const wasUsable = (from: number) =>
			history
				.since(customer, from)
				.flatMap(({ conversations }) => conversations)
				.some((each) => each.id === id && isUsable(each, needsWindow));
		// The node uses a known open conversation, even if there is a newer one (docs/limits.md).
		if (wasRead && wasUsable(sentAt - readBefore)) return;
		if (mayMissConversations(customer) && wasUsable(sentAt - CONTACT_MAX_AGE_MS - itemMs)) return;
		const lostAt = numbersLostAt.get(contact.id)?.get(customer);
		if (isRecent(lostAt) || (lostAt !== undefined && contactsBefore.has(contact.id))) return;
		violations.push(
			`${label} went into ${id} of ${contact.id} (${contact.phone}), read ${readBefore} ms before. ${describeCustomer(customer, states)}`,
		);
	}

	function checkNewConversation({ id, contact }: Conversation): void {
		created.add(id);
		createdOrRead.add(id);
		const phone = toE164(contact.phone ?? '');
		if (mayMissConversations(phone)) return;
		const states = history.since(phone, now() - itemMs);
		if (states.some((state) => allowedChoices(state, needsWindow).length === 0)) return;
		violations.push(`${id} was created. ${describeCustomer(phone, states)}`);
	}

	function checkNewContact({ phone }: Contact): void {
		const states = history.since(phone!, now() - itemMs);
		if (haveContactsChanged(phone!) || states.some((state) => !state.hasExactContact)) return;
		violations.push(`a contact was created for ${phone}, which has one`);
	}

	journal.emitter.on('request', ({ method, path, query, at }) => {
		disturb();
		const [, conversation] = /^\/conversations\/([^/]+)$/.exec(path) ?? [];
		if (method === 'GET' && conversation) {
			readAt.set(conversation, at);
			createdOrRead.add(conversation);
		}
		if (method === 'GET' && path === '/contacts' && query.q) {
			const phone = phones.find((each) => each.slice(-4) === query.q);
			if (phone) taggedAtSearch.set(query.q, history.current(phone).isTagged);
		}
	});
	journal.emitter.on('response', disturb);
	store.emitter.on('event', (event) => {
		if (!workspace.isChanging()) {
			if (event.name === 'message.created' && event.message.sender.id === store.bot.id) {
				checkMessage(event.message, event.conversation);
			} else if (event.name === 'conversation.created') checkNewConversation(event.conversation);
			else if (event.name === 'contact.created') checkNewContact(event.contact);
		}
		const { phone } = 'contact' in event ? event.contact : event.conversation.contact;
		if (phone) workspace.record([toE164(phone)]);
	});
	const requests = await observeNode(({ method, url }) => {
		const [, id] = /\/conversations\/([^/]+)\/messages$/.exec(url) ?? [];
		if (method === 'POST' && id) sendStartedAt.set(id, now());
	});
	return {
		stored,
		violations,
		createdOrRead,
		stop() {
			requests.stop();
			journal.emitter.removeAllListeners();
		},
	};
}

/** The result of a row. */
interface Outcome {
	label: string;
	customer: string;
	json: IDataObject;
}

/** Returns the outcome of each row. Asserts that each row has exactly one output item. */
function readOutcomes(rows: Row[], { output, status }: FinishedRun): Outcome[] {
	expect(status).toBe('success');
	const items = output('Sahut');
	expect(items.map(({ pairedItem }) => pairedItem)).toEqual(rows.map((_, item) => ({ item })));
	return items.map(({ json }, index) => ({ ...rows[index]!, json }));
}

/** Compares the stored messages with the outcomes of all executions. @returns the violations, as sentences */
function findLostOrRepeated(
	stored: Stored[],
	outcomes: Outcome[],
	{ movedConversations, contactsChangedAt }: ChangingWorkspace,
): string[] {
	const violations: string[] = [];
	const messages = new Map<string, Stored[]>();
	for (const message of stored) {
		messages.set(message.label, [...(messages.get(message.label) ?? []), message]);
	}
	for (const { label, customer, json } of outcomes) {
		const sent = messages.get(label) ?? [];
		// An execution that searches for the message of the other one cannot find it there.
		const isLost =
			contactsChangedAt.has(customer) ||
			sent.some(({ conversationId }) => movedConversations.has(conversationId));
		if (sent.length > (isLost ? 2 : 1)) violations.push(`${label} was sent ${sent.length} times`);
		if (json.error !== undefined || json.skip_reason === 'contact_tag') continue;
		const message = sent.find(({ id }) => id === json.id);
		if (!message) violations.push(`${label} reports a message that is not stored`);
		else if (!json.skipped && json.conversation_id !== message.conversationId) {
			violations.push(`${label} reports another conversation`);
		}
	}
	for (const [label, sent] of messages) {
		const reports = outcomes.filter((outcome) => outcome.label === label);
		const unknown = reports.filter(({ json }) => mayHaveArrived(json)).length;
		const reported = new Set(reports.map(({ json }) => json.id));
		const unreported = sent.filter(({ id }) => !reported.has(id)).length;
		if (unreported > unknown) violations.push(`no row reports a message of ${label}`);
	}
	return violations;
}

const mayHaveArrived = ({ error }: IDataObject) =>
	typeof error === 'object' && (error as IDataObject).mayHaveArrived === true;

const messageOf = ({ error }: IDataObject) =>
	typeof error === 'string' ? error : String((error as IDataObject).message);

/**
 * Whether a row may fail although no fault was injected: an agent has deleted the conversation after the node read
 * it by its ID, or created it; WhatsApp does not accept a text; agents have deleted conversations during each reading
 * of the list; or other items have used up the rate limit before each of five attempts. In all cases, nothing is sent.
 */
function mayFail(message: string, variant: Variant, createdOrRead: ReadonlySet<string>): boolean {
	const [, deleted] = /^Conversation "(.+)" was not found in Sahut$/.exec(message) ?? [];
	if (deleted !== undefined) return createdOrRead.has(deleted);
	if (message.endsWith('has already received this message')) return variant.skipsSent;
	if (message.startsWith('The rate limit of your Sahut plan was reached')) {
		return variant.rateLimit !== undefined;
	}
	return (
		variant.messageType === 'text' &&
		/^(WhatsApp would not deliver|Sahut refused to send)/.test(message)
	);
}

/** Runs the batches of a variant at the same moment, while agents change the workspace. */
async function runBatches(
	variant: Variant,
	options: SandboxOptions,
	settings: Parameters<ChangingWorkspace['run']>[2] = {},
	prepare: (workspace: ChangingWorkspace) => void = () => {},
) {
	const customers = faker.number.int({ min: 30, max: 110 });
	const recentShare = { template: 0.3, textOrTemplate: 0.5, text: 1 }[variant.messageType];
	const { rateLimit } = variant;
	const workspace = await openChangingWorkspace(
		{ ...options, rateLimit },
		{ customers, recentShare },
	);
	const rows = createRows(workspace.phones);
	const parameters = createParameters(workspace, variant);
	prepare(workspace);
	const watched = await watch(workspace, rows, variant);
	const runs = await Promise.all(
		Array.from(
			{ length: variant.executions },
			async () =>
				await workspace.run(parameters, rows, { onError: 'continueRegularOutput', ...settings }),
		),
	);
	watched.stop();
	const outcomes = runs.flatMap((run) => readOutcomes(rows, run));
	return { workspace, rows, outcomes, ...watched };
}

/** Prints a seed and its results. */
function print(
	seed: number,
	variant: Variant,
	result: Awaited<ReturnType<typeof runBatches>>,
): void {
	const { workspace, rows, stored, outcomes } = result;
	const failed = outcomes.filter(({ json }) => json.error !== undefined);
	process.stdout.write(
		[
			`batch: seed ${seed}: ${rows.length} rows`,
			`${stored.length} messages, ${failed.length} errors`,
			`${workspace.sandbox.journal.entries.length} requests, ${workspace.changes.length} changes`,
			`${JSON.stringify(variant)}\n`,
		].join('; '),
	);
}

const seeds = (count: number) => Array.from({ length: count }, (_, index) => FIRST_SEED + index);

it.each(seeds(SEEDS))(
	'A batch during which agents change the workspace sends each message once, into a conversation that the customer had shortly before (seed %i)',
	async (seed) => {
		faker.seed(seed);
		const variant = createVariant(seed);

		const result = await runBatches(variant, {});

		print(seed, variant, result);
		const { workspace, outcomes, stored, violations, createdOrRead } = result;
		const unexpected = outcomes
			.filter(({ json }) => json.error !== undefined)
			.map(({ label, json }) => ({ label, message: messageOf(json) }))
			.filter(({ message }) => !mayFail(message, variant, createdOrRead));
		expect(violations).toEqual([]);
		expect(findLostOrRepeated(stored, outcomes, workspace)).toEqual([]);
		expect(unexpected).toEqual([]);
	},
	SEED_TIMEOUT_MS,
);

const FAULTS: FaultAction[] = [
	{ kind: 'status', status: 429, retryAfter: 1 },
	{ kind: 'status', status: 500 },
	{ kind: 'status', status: 503 },
	{ kind: 'statusAfterStore', status: 500 },
	{ kind: 'dropBefore' },
	{ kind: 'dropAfter' },
	{ kind: 'notJson' },
];
/** The number of faults, each within the first requests of its method. */
const FAULT_COUNT = 60;
const FAULTY_REQUESTS = 250;

function addFaults({ sandbox: { faults } }: ChangingWorkspace): void {
	for (let count = 0; count < FAULT_COUNT; count++) {
		faults.add({
			...faker.helpers.arrayElement(FAULTS),
			method: faker.helpers.arrayElement(['GET', 'POST']),
			skip: faker.number.int(FAULTY_REQUESTS),
			times: faker.helpers.arrayElement([1, 1, 1, 2, 6]),
		});
	}
}

it.each(seeds(FEW_SEEDS))(
	'A batch under faults sends no message twice and reports each one (seed %i)',
	async (seed) => {
		faker.seed(seed);
		const variant = createVariant(seed);
		const retryOnFail = faker.datatype.boolean();

		const settings = { retryOnFail, maxTries: 3, waitBetweenTries: 1 };
		const result = await runBatches(variant, {}, settings, addFaults);

		print(seed, variant, result);
		const { workspace, outcomes, stored } = result;
		expect(findLostOrRepeated(stored, outcomes, workspace)).toEqual([]);
	},
	SEED_TIMEOUT_MS,
);

const DEVIATING_LISTS: Record<string, SandboxOptions> = {
	'late and outdated lists': {
		deviations: ['late-lists', 'stale-lists'],
		listDelayMs: 5 * SECOND_MS,
	},
	'lists with the oldest record first': { deviations: ['oldest-first'] },
	'lists in the order of creation': { conversationOrder: 'created' },
	'lists without meta': { deviations: ['no-meta'] },
	'lists without empty fields': { deviations: ['missing-fields'] },
	'times with milliseconds': { deviations: ['milliseconds'] },
	'existing conversations in response to a new one': { deviations: ['existing-conversations'] },
	'refused messages into closed conversations': { deviations: ['open-only'] },
};

it.each(Object.entries(DEVIATING_LISTS))(
	'A batch with %s sends no message twice and reports each one',
	async (_, options) => {
		faker.seed(FIRST_SEED);
		const variant = createVariant(FIRST_SEED);

		const result = await runBatches(variant, options);

		print(FIRST_SEED, variant, result);
		const { workspace, outcomes, stored } = result;
		expect(findLostOrRepeated(stored, outcomes, workspace)).toEqual([]);
	},
	SEED_TIMEOUT_MS,
);
