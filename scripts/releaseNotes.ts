// Prints the release notes of the version in package.json, for GitHub.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { extractReleaseNotes } from './version/changelog';

const read = (file: string) => readFileSync(resolve(__dirname, '..', file), 'utf8');
const { version, homepage } = JSON.parse(read('package.json')) as {
	version: string;
	homepage: string;
};
process.stdout.write(
	extractReleaseNotes(read('CHANGELOG.md'), version, homepage.slice(0, homepage.indexOf('#'))),
);
