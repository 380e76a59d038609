/** Says where n8n's own logs are when a test has failed. */
module.exports = class LogReporter {
	onRunComplete(_contexts, { numFailedTests, numRuntimeErrorTestSuites }) {
		if (numFailedTests + numRuntimeErrorTestSuites === 0) return;
		console.error("\nn8n's own logs: test-results/n8n/");
	}
};
