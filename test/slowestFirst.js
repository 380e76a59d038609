const { default: Sequencer } = require('@jest/test-sequencer');

/** The slowest test files, slowest first, so that none of them runs alone at the end. */
const SLOW = [
	'faultMatrix',
	'soak',
	'randomExecutions',
	'readFaults',
	'deviations',
	'ending',
	'skipConcurrency',
];

/** Used where Jest knows no run time of a file, as in a fresh clone. */
module.exports = class SlowestFirst extends Sequencer {
	sort(tests) {
		const rank = ({ path, duration }) => {
			const place = SLOW.findIndex((name) => path.endsWith(`/${name}.test.ts`));
			return duration === undefined && place >= 0 ? place : SLOW.length;
		};
		return super.sort(tests).sort((a, b) => rank(a) - rank(b));
	}
};
