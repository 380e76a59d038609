import { useEditor } from './editorFixture';
import { describeExamples } from './importedExamples';
import { describeMessages } from './messages';
import { describeOptionalFields } from './optionalFields';
import { describeRetry } from './retry';
import { describeSetup } from './setup';
import { describeTrigger } from './trigger';

// All tests of the editor belong to one file, because they share an n8n.
const fixture = useEditor('editor');

describe('The editor', () => describeSetup(fixture));
describe('The Sahut node', () => describeMessages(fixture));
describe('An optional field', () => describeOptionalFields(fixture));
describe('The Sahut Trigger', () => describeTrigger(fixture));
describe('Retry in the editor', () => describeRetry(fixture));
describe('An imported example', () => describeExamples(fixture));
