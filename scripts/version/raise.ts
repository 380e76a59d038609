import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { release } from './changelog';

const VERSION = /^(\d+)\.(\d+)\.(\d+)$/;

/** Whether version `a` comes before `b`. */
function isBefore(a: string, b: string): boolean {
	const [left, right] = [a, b].map((version) => version.split('.').map(Number));
	const place = left!.findIndex((part, index) => part !== right![index]);
	return place >= 0 && left![place]! < right![place]!;
}

type Edit = (text: string, from: string, to: string, date: string) => string;

const inPackage: Edit = (text, from, to) =>
	text.replace(`"version": "${from}"`, `"version": "${to}"`);

const inReadme: Edit = (text, from, to) =>
	text
		.replaceAll(`n8n-nodes-sahut-${from}.tgz`, `n8n-nodes-sahut-${to}.tgz`)
		.replace(`This is ${from}, the first version`, `This is ${from}`)
		.replace(`This is ${from}`, `This is ${to}`);

/** Each file that holds the version of the package. */
const EDITS: Readonly<Record<string, Edit>> = {
	'CHANGELOG.md': (text, _, to, date) => release(text, to, date),
	'docs/id/README.md': inReadme,
	'README.md': inReadme,
	'package-lock.json': (text, ...how) => {
		// Once for the project, and once for the package at its root, above all others.
		const end = text.indexOf('"node_modules/');
		return inPackage(inPackage(text.slice(0, end), ...how), ...how) + text.slice(end);
	},
	'package.json': inPackage,
};

/** The files that hold the version. */
export const VERSIONED_FILES = Object.keys(EDITS);

/**
 * Gives the package a version, in all files that hold it. The version that it has is fine as long as
 * it is not released.
 * @throws {Error} before any file is written when the version is none or a lower one, or when the
 * changelog says nothing of it.
 */
export function raiseVersion(folder: string, to: string, today: Date): void {
	const read = (file: string) => readFileSync(join(folder, file), 'utf8');
	const { version: from } = JSON.parse(read('package.json')) as { version: string };
	if (!VERSION.test(to)) throw new Error(`A version is three numbers, such as 0.2.0, not "${to}".`);
	if (isBefore(to, from)) throw new Error(`The version is ${from} by now, and ${to} is lower.`);
	const date = today.toISOString().slice(0, 'YYYY-MM-DD'.length);
	const edited = Object.entries(EDITS).map(
		([file, edit]) => [file, edit(read(file), from, to, date)] as const,
	);
	for (const [file, text] of edited) writeFileSync(join(folder, file), text);
}
