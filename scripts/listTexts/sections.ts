import type { INodeTypeDescription } from 'n8n-workflow';

import { SahutApi } from '../../credentials/SahutApi.credentials';
import { resources } from '../../nodes/Sahut/resources';
// Without an extension, Node.js would find `Sahut.node.json`.
import { Sahut } from '../../nodes/Sahut/Sahut.node.js';
import { SahutTrigger } from '../../nodes/Sahut/SahutTrigger.node.js';
import { triggerFields } from '../../nodes/Sahut/trigger/fields';
import type { Section } from './fieldTexts';

function textsOfNode({ description, eventTriggerDescription }: INodeTypeDescription): string[] {
	const waiting = eventTriggerDescription && `While waiting: ${eventTriggerDescription}`;
	return [description, ...(waiting ? [waiting] : [])];
}

const operations: Section[] = resources.flatMap(({ name: resource, operations }) =>
	operations.map(({ name, action, description, fields }) => ({
		title: `${resource}: ${name}`,
		texts: [`Action: ${action}`, description],
		fields,
	})),
);

const action = new Sahut().description;
const trigger = new SahutTrigger().description;
const credential = new SahutApi();
const testMessages = (credential.test.rules ?? []).flatMap(({ properties }) =>
	'message' in properties ? [`Failed test: ${properties.message}`] : [],
);

/** The action node, its operations, the trigger and the credential. */
export const sections: Section[] = [
	{ title: action.displayName, texts: textsOfNode(action), fields: [] },
	...operations,
	{ title: trigger.displayName, texts: textsOfNode(trigger), fields: triggerFields },
	{ title: credential.displayName, texts: testMessages, fields: credential.properties },
];
