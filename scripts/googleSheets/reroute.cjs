/**
 * Preloaded by n8n (`node --require`): sends requests for Google Sheets to the local server at
 * GOOGLE_STAND_IN, because n8n's Google nodes have a fixed address.
 */
const http = require('node:http');
const https = require('node:https');

const HOST = 'sheets.googleapis.com';
const { GOOGLE_STAND_IN } = process.env;
const original = https.request;

// n8n's task runners inherit the option, but not the variable.
if (GOOGLE_STAND_IN) {
	const { hostname, port } = new URL(GOOGLE_STAND_IN);
	https.request = function request(options, ...others) {
		const host = options.hostname ?? options.host;
		if (host !== HOST) return original.call(this, options, ...others);
		const rerouted = { ...options, protocol: 'http:', hostname, host: hostname, port };
		return http.request({ ...rerouted, agent: undefined, agents: undefined }, ...others);
	};
}
