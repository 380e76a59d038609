import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { releaseUnreleased } from './changelog';

const VERSION = /^(\d+)\.(\d+)\.(\d+)$/;

/** Returns whether version `a` is lower than `b`. */
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

/** The files that contain the version of the package, and how to replace it. */
const EDITS: Readonly<Record<string, Edit>> = {
	'CHANGELOG.md': (text, _, to, date) => releaseUnreleased(text, to, date),
	'docs/id/README.md': inReadme,
	'README.md': inReadme,
	'package-lock.json': (text, ...how) => {
		// The version occurs for the project and for the root package, before all dependencies.
		const end = text.indexOf('"node_modules/');
		return inPackage(inPackage(text.slice(0, end), ...how), ...how) + text.slice(end);
	},
	'package.json': inPackage,
};

/** The files that contain the version. */
export const VERSIONED_FILES = Object.keys(EDITS);

/**
 * Sets the version of the package in all files that contain it. The present version is valid until it is
 * released.
 * @param folder the repository
 * @param today the date of the release
 * @throws {Error} before it writes any file: when the version is invalid or lower than the present one, or
 * when the changelog has no unreleased changes.
 */
export function raiseVersion(folder: string, to: string, today: Date): void {
	const read = (file: string) => readFileSync(join(folder, file), 'utf8');
	const { version: from } = JSON.parse(read('package.json')) as { version: string };
	if (!VERSION.test(to))
		throw new Error(`"${to}" is not a version. Enter three numbers, such as 0.2.0.`);
	if (isBefore(to, from))
		throw new Error(`${to} is lower than the current version ${from}. Enter a higher version.`);
	const date = today.toISOString().slice(0, 'YYYY-MM-DD'.length);
	const edited = Object.entries(EDITS).map(
		([file, edit]) => [file, edit(read(file), from, to, date)] as const,
	);
	for (const [file, text] of edited) writeFileSync(join(folder, file), text);
}
