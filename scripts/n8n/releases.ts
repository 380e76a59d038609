import releases from './knownReleases.json';

/** What has to be known of a release of n8n to install it. */
interface Release {
	/** On disk, rounded up. */
	gigabytes: number;
	minutes: number;
	/** Taken instead of what n8n asks for: n8n 1.x asks for an xlsx that is not in the npm registry. */
	overrides: Record<string, string>;
}

export type N8nVersion = keyof typeof releases;

/** The releases that the package is tried on. */
export const RELEASES: Record<N8nVersion, Release> = releases;

export const NEWEST: N8nVersion = '2.41.1';

export function majorOf(version: N8nVersion): number {
	return Number.parseInt(version);
}

/** n8n 2.41 needs Node.js 24 or newer, n8n 1.123 takes none that is newer. */
export const NODE_MAJOR = 24;
/** What is fetched where another major version is running. */
export const NODE_VERSION = '24.21.0';
