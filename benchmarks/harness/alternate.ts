import { median } from './figures';

/**
 * Takes samples of each contestant by turns (A B C A B C …), so that what else the machine does meets
 * all of them.
 */
export async function alternate<Name extends string, Sample>(
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

/** The same with times, behind one sample of each that loads and compiles what the others find ready. */
export async function race<Name extends string, Sample extends { ms: number }>(
	names: readonly Name[],
	samples: number,
	take: (name: Name) => Promise<Sample>,
) {
	await alternate(names, 1, take);
	const taken = await alternate(names, samples, take);
	const times = (name: Name) => taken[name].map(({ ms }) => ms);
	const share = (name: Name, of: Name) => median(times(name)) / median(times(of));
	return { taken, times, share };
}
