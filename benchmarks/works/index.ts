import type { Work } from '../harness/work';
import { concurrency } from './concurrency';
import { linear } from './linear';
import { loading } from './loading';
import { memory } from './memory';
import { newest, sinceYesterday } from './parts';
import { returnAll } from './returnAll';
import { sendsUnderLimit } from './sendsUnderLimit';
import { sendsUnlimited } from './sendsUnlimited';
import { tarball } from './tarball';
import { tenExecutions } from './tenExecutions';

/** In the order in which they run. The last one that needs n8n restarts it. */
export const works: Work[] = [
	returnAll,
	newest,
	sinceYesterday,
	sendsUnderLimit,
	sendsUnlimited,
	tenExecutions,
	concurrency,
	linear,
	memory,
	loading,
	tarball,
];
