/** Waits until a task settles or the signal is aborted. Never rejects: check the signal afterwards. */
export async function settledOrAborted(
	task: Promise<unknown>,
	signal?: AbortSignal,
): Promise<void> {
	const settled = task.catch(() => undefined);
	if (!signal) return void (await settled);
	if (signal.aborted) return;
	// A separate signal for each listener: Node warns about more than ten listeners on one signal.
	const ownSignal = AbortSignal.any([signal]);
	await new Promise<void>((resolve) => {
		const finish = () => {
			ownSignal.removeEventListener('abort', finish);
			resolve();
		};
		ownSignal.addEventListener('abort', finish);
		void settled.then(finish);
	});
}
