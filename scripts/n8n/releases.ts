/** What has to be known of a release of n8n to install it. */
interface Release {
	/** Taken instead of what n8n asks for. */
	overrides?: Record<string, string>;
	/** On disk, rounded up. */
	gigabytes: number;
	minutes: number;
}

/** The releases that the package is tried on. */
export const RELEASES = {
	'2.41.1': { gigabytes: 2.9, minutes: 4 },
	'1.123.81': {
		// n8n 1.x asks for an xlsx that is not in the npm registry.
		overrides: { xlsx: '0.18.5' },
		gigabytes: 1.8,
		minutes: 3,
	},
} as const satisfies Record<string, Release>;

export type N8nVersion = keyof typeof RELEASES;

export const NEWEST: N8nVersion = '2.41.1';

export function releaseOf(version: N8nVersion): Release {
	return RELEASES[version];
}

export function majorOf(version: N8nVersion): number {
	return Number.parseInt(version);
}

/** n8n 2.41 needs Node.js 24 or newer, n8n 1.123 takes none that is newer. */
export const NODE_MAJOR = 24;
/** What is fetched where another major version is running. */
export const NODE_VERSION = '24.21.0';
