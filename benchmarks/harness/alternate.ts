/**
 * Takes `samples` samples of each contestant by turns (A B C A B C …), so that what else the machine
 * does meets all of them. @returns the samples of each, in order
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
