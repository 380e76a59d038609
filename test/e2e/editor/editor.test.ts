import { useDesk } from './desk';
import { describeExamples } from './importedExamples';
import { describeMessages } from './messages';
import { describeOptionalFields } from './optionalFields';
import { describeRetry } from './retry';
import { describeSetup } from './setup';
import { describeTrigger } from './trigger';

// All in one file of tests, since they share an n8n.
const desk = useDesk('editor');

describe('Finding and connecting', () => describeSetup(desk));
describe('Messages', () => describeMessages(desk));
describe('Optional fields', () => describeOptionalFields(desk));
describe('Sahut Trigger', () => describeTrigger(desk));
describe('Retry', () => describeRetry(desk));
describe('Examples', () => describeExamples(desk));
