/** Prints the folders of logs and screenshots if a test has failed. */
module.exports = class LogReporter {
	onRunComplete(_contexts, { numFailedTests, numRuntimeErrorTestSuites }) {
		if (numFailedTests + numRuntimeErrorTestSuites === 0) return;
		console.error(
			'\nLogs of n8n: test-results/n8n/, screenshots of the editor: test-results/editor/',
		);
	}
};
