const base = require('./jest.config.js');

/** Runs the tests of jest.config.js, and loads n8n's engine once for several folders. @type {import('jest').Config} */
module.exports = { ...base, testMatch: ['<rootDir>/test/suites/*.suite.ts'] };
