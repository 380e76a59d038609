import type { Work } from '../harness/work';
import { answerable } from './answerable';
import { newest, returnAll, sinceYesterday } from './lists';
import { loading } from './loading';
import { memory } from './memory';
import { operations } from './operations';
import { requestsPerMessage } from './requestsPerMessage';
import { sameNumber } from './sameNumber';
import { sendsUnderLimit, tenExecutions } from './sendsUnderLimit';
import { sendsUnlimited } from './sendsUnlimited';

/** In the order in which they run. The last one that needs n8n restarts it. */
export const works: Work[] = [
	returnAll,
	newest,
	sinceYesterday,
	sendsUnderLimit,
	sendsUnlimited,
	tenExecutions,
	answerable,
	requestsPerMessage,
	sameNumber,
	operations,
	memory,
	loading,
];
