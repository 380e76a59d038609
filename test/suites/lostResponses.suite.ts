import { includeTests } from './includeTests';

includeTests(
	'engine/delivery/conversationChoice',
	'engine/delivery/lostResponses',
	'engine/delivery/retryWithoutLedger',
);
