/**
 * Waits until `task` has ended, however it did, or the signal is aborted; at once if it is already.
 * Which of the two it was, the signal tells.
 */
export async function doneOrAborted(task: Promise<unknown>, signal?: AbortSignal): Promise<void> {
	const end = task.catch(() => undefined);
	if (!signal) return void (await end);
	if (signal.aborted) return;
	// One of its own: Node warns of a signal to which more than ten listen.
	const own = AbortSignal.any([signal]);
	await new Promise<void>((resolve) => {
		const goOn = () => {
			own.removeEventListener('abort', goOn);
			resolve();
		};
		own.addEventListener('abort', goOn);
		void end.then(goOn);
	});
}
