/** Says where to look when a test has failed. */
module.exports = class LogReporter {
	onRunComplete(_contexts, { numFailedTests, numRuntimeErrorTestSuites }) {
		if (numFailedTests + numRuntimeErrorTestSuites === 0) return;
		console.error(
			"\nn8n's own logs: test-results/n8n/, pictures of the editor: test-results/editor/",
		);
	}
};
