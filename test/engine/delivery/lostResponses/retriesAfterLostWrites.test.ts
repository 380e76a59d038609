import type { SandboxOptions } from '../../../../sandbox';
import { MINUTE_MS, SECOND_MS } from '../../../../sandbox/clock';
import { byId } from '../../../support/locator';
import { createCrashedExecution } from '../../../support/retryData';
import { advanceClock } from '../../../support/testClock';
import {
	allSentTexts,
	contactsOf,
	conversationsOf,
	openConversation,
	openWorkspace,
	sendText,
} from '../../../support/workspace';
import { LONG_AGO } from '../deliveryFixture';
import { sendTemplateOnce } from '../acrossExecutions/skipHelpers';

const createContact = {
	resource: 'contact',
	operation: 'create',
	name: 'Budi',
	additionalFields: { phone: '0812-3456-7890' },
};

const DELAYED_LISTS: SandboxOptions = {
	deviations: ['late-lists'],
	listDelayMs: 20 * SECOND_MS,
};

it('Skip If Sent Within does not resend a template with hidden values whose response was lost five minutes ago', async () => {
	const { workspace, conversation } = await openConversation({ deviations: ['hidden-values'] });
	const { faults } = workspace.sandbox;
	const once = sendTemplateOnce('tmpl_follow_up', { customer_name: 'Budi' });
	faults.add({ kind: 'dropAfter', method: 'POST' });
	const lost = await workspace.run(once, [{ conversation }]);
	expect(lost.status).toBe('error');
	advanceClock(5 * MINUTE_MS);

	const again = await workspace.run(once, [{ conversation }]);

	expect(allSentTexts(workspace)).toHaveLength(1);
	expect(again.error?.context).toMatchObject({ reason: 'ambiguous' });
});

it('a Retry does not resend a message whose response the previous Retry lost, although lists are delayed', async () => {
	const { workspace, conversation } = await openConversation(DELAYED_LISTS);
	const { faults } = workspace.sandbox;
	const execution = createCrashedExecution(workspace, sendText, [{ conversation, text: 'Halo' }]);
	faults.add({ kind: 'dropAfter', method: 'POST' });
	expect((await execution.retry()).status).toBe('error');

	const { status } = await execution.retry();

	expect(status).toBe('success');
	expect(allSentTexts(workspace)).toHaveLength(1);
});

it('a Retry of Conversation: Create creates no second conversation after the previous Retry lost the response, although lists are delayed', async () => {
	const workspace = await openWorkspace(DELAYED_LISTS);
	const { store, faults } = workspace.sandbox;
	const contact = store.addContact({ phone: '+6281234567890', created_at: LONG_AGO });
	const create = {
		resource: 'conversation',
		operation: 'create',
		contactId: byId(contact.id),
		channelId: byId(store.channelOfType('email').id),
	};
	const execution = createCrashedExecution(workspace, create);
	faults.add({ kind: 'dropAfter', method: 'POST' });
	expect((await execution.retry()).status).toBe('error');

	const { status } = await execution.retry();

	expect(status).toBe('success');
	expect(conversationsOf(workspace)).toHaveLength(1);
});

it('a Retry of Contact: Create creates no second contact after the previous Retry has created one, although lists are delayed', async () => {
	const workspace = await openWorkspace(DELAYED_LISTS);
	const execution = createCrashedExecution(workspace, createContact);
	expect((await execution.retry()).status).toBe('success');

	const { status } = await execution.retry();

	expect(status).toBe('success');
	expect(contactsOf(workspace)).toHaveLength(1);
});

it('a Retry of Contact: Create creates no second contact after the previous Retry lost the response, although lists are delayed', async () => {
	const workspace = await openWorkspace(DELAYED_LISTS);
	const execution = createCrashedExecution(workspace, createContact);
	workspace.sandbox.faults.add({ kind: 'dropAfter', method: 'POST' });
	expect((await execution.retry()).status).toBe('error');

	const { status } = await execution.retry();

	expect(status).toBe('success');
	expect(contactsOf(workspace)).toHaveLength(1);
});
