import releases from './knownReleases.json';

/** The properties of an n8n release that the installation needs. */
interface Release {
	/** Disk space, rounded up. */
	gigabytes: number;
	minutes: number;
	/** Overrides of dependencies: n8n 1.x requires an xlsx that is not in the npm registry. */
	overrides: Record<string, string>;
}

/** A version of n8n on which the package is tested. */
export type N8nVersion = keyof typeof releases;

/** The releases on which the package is tested. */
export const RELEASES: Record<N8nVersion, Release> = releases;

/** The newest known version of n8n. */
export const NEWEST: N8nVersion = '2.41.1';

/** Returns the major version, e.g. 2. */
export function majorOf(version: N8nVersion): number {
	return Number.parseInt(version);
}

/** n8n 2.41 needs Node.js 24 or newer, and n8n 1.123 supports nothing newer than 24. */
export const NODE_MAJOR = 24;
/** The version to download if this process runs on another major version. */
export const NODE_VERSION = '24.21.0';
