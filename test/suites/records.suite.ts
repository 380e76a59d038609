import { includeTests } from './includeTests';

includeTests(
	'engine/messages',
	'engine/contacts',
	'engine/conversations',
	'engine/listChanges',
	'engine/agents',
	'engine/approval',
);
