import type { Work } from '../harness/work';
import { answerable } from './answerable';
import { concurrency } from './concurrency';
import { linear } from './linear';
import { loading } from './loading';
import { memory } from './memory';
import { operations } from './operations';
import { newest, sinceYesterday } from './parts';
import { requestsPerMessage } from './requestsPerMessage';
import { returnAll } from './returnAll';
import { sameNumber } from './sameNumber';
import { sendsUnderLimit } from './sendsUnderLimit';
import { sendsUnlimited } from './sendsUnlimited';
import { tenExecutions } from './tenExecutions';

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
	concurrency,
	linear,
	memory,
	loading,
];
