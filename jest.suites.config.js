const base = require('./jest.config.js');

/** The same tests as in jest.config.js, with one n8n engine for the tests of several folders. @type {import('jest').Config} */
module.exports = { ...base, testMatch: ['<rootDir>/test/suites/*.suite.ts'] };
