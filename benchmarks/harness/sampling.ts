import { median } from './statistics';

/**
 * Takes samples of the contestants in turns (A B C A B C …), so that other load of the machine affects all
 * of them equally.
 * @param samples the number of samples of each
 */
export async function sampleInTurns<Name extends string, Sample>(
	names: readonly Name[],
	samples: number,
	take: (name: Name) => Promise<Sample>,
): Promise<Record<Name, Sample[]>> {
	const taken = Object.fromEntries(names.map((name) => [name, [] as Sample[]]));
	for (let round = 0; round < samples; round++) {
		for (const name of names) taken[name]!.push(await take(name));
	}
	return taken as Record<Name, Sample[]>;
}

/** Compares times in turns, after one warm-up sample of each. */
export async function compareTimes<Name extends string, Sample extends { ms: number }>(
	names: readonly Name[],
	samples: number,
	take: (name: Name) => Promise<Sample>,
) {
	await sampleInTurns(names, 1, take);
	const taken = await sampleInTurns(names, samples, take);
	const times = (name: Name) => taken[name].map(({ ms }) => ms);
	const share = (name: Name, of: Name) => median(times(name)) / median(times(of));
	return { taken, times, share };
}
