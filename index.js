// The exports of `require('n8n-nodes-sahut')`. n8n does not use them: it loads the files listed in package.json's "n8n" section.
const { SahutApi } = require('./dist/credentials/SahutApi.credentials.js');
const { Sahut } = require('./dist/nodes/Sahut/Sahut.node.js');
const { SahutTrigger } = require('./dist/nodes/Sahut/SahutTrigger.node.js');

module.exports = { SahutApi, Sahut, SahutTrigger };
