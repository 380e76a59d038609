const { default: Sequencer } = require('@jest/test-sequencer');

/** Those that take longest, the slowest first: none of them shall be alone at the end. */
const SLOW = ['faultMatrix', 'soak', 'readFaults', 'acrossExecutions', 'deviations', 'ending'];

/** Jest itself knows run times of earlier runs, and in a fresh clone only the size of each file. */
module.exports = class SlowestFirst extends Sequencer {
	sort(tests) {
		const rank = ({ path, duration }) => {
			const place = SLOW.findIndex((name) => path.endsWith(`/${name}.test.ts`));
			return duration === undefined && place >= 0 ? place : SLOW.length;
		};
		return super.sort(tests).sort((a, b) => rank(a) - rank(b));
	}
};
