import type { Benchmark } from '../harness/benchmark';
import { responsiveness } from './responsiveness';
import { newest, returnAll, sinceYesterday } from './lists';
import { loading } from './loading';
import { memory } from './memory';
import { operations } from './operations';
import { requestsPerBatch } from './requestsPerBatch';
import { requestsPerMessage } from './requestsPerMessage';
import { sameNumber } from './sameNumber';
import { sendsUnderLimit, tenExecutions } from './sendsUnderLimit';
import { sendsUnlimited } from './sendsUnlimited';

/** All benchmarks in the order of execution. The last one that uses n8n restarts it. */
export const benchmarks: Benchmark[] = [
	returnAll,
	newest,
	sinceYesterday,
	sendsUnderLimit,
	sendsUnlimited,
	tenExecutions,
	responsiveness,
	requestsPerMessage,
	requestsPerBatch,
	sameNumber,
	operations,
	memory,
	loading,
];
