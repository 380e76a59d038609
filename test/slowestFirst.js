const { default: Sequencer } = require('@jest/test-sequencer');

/** The slowest test files, slowest first. If one of them started last, it would run alone at the end. */
const SLOW = [
	'node.suite.ts',
	'delivery.suite.ts',
	'records.suite.ts',
	'functions.suite.ts',
	'faultMatrix.slow.test.ts',
	'soak.slow.test.ts',
	'randomExecutions.slow.test.ts',
	'readFaults.slow.test.ts',
	'deviations.slow.test.ts',
	'collectionExpressions.slow.test.ts',
	'requestsAfterEnd.slow.test.ts',
	'changingWorkspace.slow.test.ts',
	'editor.test.ts',
	'approval.test.ts',
	'start.test.ts',
	'examples.test.ts',
];

/** Orders files whose duration Jest has not recorded yet, as in a fresh clone. */
module.exports = class SlowestFirst extends Sequencer {
	sort(tests) {
		const rank = ({ path, duration }) => {
			const place = SLOW.findIndex((name) => path.endsWith(`/${name}`));
			return duration === undefined && place >= 0 ? place : SLOW.length;
		};
		return super.sort(tests).sort((a, b) => rank(a) - rank(b));
	}
};
