// Lists all texts that users of the nodes see, for a review of their language.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { collectErrorTexts } from './listTexts/errorTexts';
import { listFieldTexts } from './listTexts/fieldTexts';
import { sections } from './listTexts/sections';

const REPOSITORY = resolve(__dirname, '..');

const fieldTexts = listFieldTexts(sections).join('\n');
const files = ['credentials', 'nodes'].flatMap((folder) =>
	readdirSync(join(REPOSITORY, folder), { encoding: 'utf8', recursive: true })
		.filter((file) => file.endsWith('.ts'))
		.map((file) => join(folder, file))
		.sort(),
);
const errorTexts = files.flatMap((file) =>
	collectErrorTexts(readFileSync(join(REPOSITORY, file), 'utf8'))
		.filter(({ text }) => !fieldTexts.includes(text))
		.map(({ text, line }) => `- ${text} (${file}:${line})`),
);
console.log([fieldTexts, '## Errors, advice and log lines', ...errorTexts].join('\n'));
