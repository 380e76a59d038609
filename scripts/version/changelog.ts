/** `## [0.2.0] - 2026-01-31`. An unreleased section has `- unreleased` or no date. */
const HEADING = /^## \[(.+?)\](?: - (.+))?$/m;

/** A section of CHANGELOG.md, with its heading. */
interface Section {
	/** `Unreleased` without a version. */
	version: string;
	/** `unreleased` without a date. */
	date: string;
	text: string;
}

function parseSections(changelog: string): Section[] {
	return changelog
		.split(/^(?=## )/m)
		.slice(1)
		.map((text) => {
			const [, version = '', date = 'unreleased'] = HEADING.exec(text) ?? [];
			return { version, date, text };
		});
}

const withoutHeading = ({ text }: Section) => text.slice(text.indexOf('\n')).trim();

/**
 * Gives the newest section of the changelog a version and a date.
 * @param date e.g. `2026-01-31`
 * @returns the new changelog
 * @throws {Error} when the newest section was released before, or is empty.
 */
export function releaseUnreleased(changelog: string, version: string, date: string): string {
	const [newest] = parseSections(changelog);
	if (!newest || newest.date !== 'unreleased' || withoutHeading(newest) === '') {
		throw new Error(
			'CHANGELOG.md has no unreleased changes. Add them under "## [Unreleased]", above the other versions.',
		);
	}
	return changelog.replace(HEADING, `## [${version}] - ${date}`);
}

/**
 * Extracts the section of a version for a page outside of the repository. Relative links become links to the
 * files of that version.
 * @param repository the URL of the repository
 * @throws {Error} when the changelog has no text for the version.
 */
export function extractReleaseNotes(
	changelog: string,
	version: string,
	repository: string,
): string {
	const section = parseSections(changelog).find((each) => each.version === version);
	const notes = section ? withoutHeading(section) : '';
	if (notes === '')
		throw new Error(`CHANGELOG.md has no changes for ${version}. Add a section with this version.`);
	return `${notes.replace(/\]\((?!\w+:|#)/g, `](${repository}/blob/v${version}/`)}\n`;
}
