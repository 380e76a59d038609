import type { Findings } from './findings';
import type { Row } from './values';

const NAMES = ['created_at', 'updated_at'];

/** Without a zone, a time would be taken for one of the machine on which n8n runs. */
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/;

/** Notes how an answer writes its times. */
export function noteTimes(operationId: string, rows: Row[], findings: Findings): void {
	const times = rows.flatMap((row) => NAMES.map((name) => row[name]));
	for (const time of times) {
		if (time === null || time === undefined) continue;
		const [, fraction, zone] = (typeof time === 'string' && ISO.exec(time)) || [];
		if (zone === undefined) {
			findings.note('whole-seconds', 'differs', `not ISO 8601 with a zone in ${operationId}`);
		} else if (fraction !== undefined) {
			findings.note('whole-seconds', 'copes', 'with fractions of a second');
		} else if (zone !== 'Z') {
			findings.note('whole-seconds', 'copes', 'with another zone than Z');
		} else {
			findings.note('whole-seconds', 'as assumed', 'as expected');
		}
	}
}
