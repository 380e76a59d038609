/** `## [0.2.0] - 2026-01-31`; of what is not released, `- unreleased` or no version. */
const HEADING = /^## \[(.+?)\](?: - (.+))?$/m;

/** A section of CHANGELOG.md, with its heading. */
interface Section {
	/** `Unreleased` for none yet. */
	version: string;
	/** `unreleased` for none yet. */
	date: string;
	text: string;
}

function sections(changelog: string): Section[] {
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
 * The changelog, whose newest section becomes that of a version.
 * @param date e.g. `2026-01-31`
 * @throws {Error} when that section is of a version that was released, or says nothing.
 */
export function release(changelog: string, version: string, date: string): string {
	const [newest] = sections(changelog);
	if (!newest || newest.date !== 'unreleased' || withoutHeading(newest) === '') {
		throw new Error(
			'CHANGELOG.md says nothing new: write what has changed under "## [Unreleased]", above the other versions.',
		);
	}
	return changelog.replace(HEADING, `## [${version}] - ${date}`);
}

/**
 * What a version brings, as it stands in the changelog, for a page elsewhere: links lead to the
 * files of that version.
 * @throws {Error} when there is nothing.
 */
export function releaseNotes(changelog: string, version: string, repository: string): string {
	const section = sections(changelog).find((each) => each.version === version);
	const notes = section ? withoutHeading(section) : '';
	if (notes === '') throw new Error(`CHANGELOG.md says nothing of ${version}.`);
	return `${notes.replace(/\]\((?!\w+:|#)/g, `](${repository}/blob/v${version}/`)}\n`;
}
