import { startSandbox } from '../sandbox';
import { demo } from './demo/report';

async function main(): Promise<void> {
	const sandbox = await startSandbox();
	try {
		const complete = await demo(sandbox, (text) => console.log(text));
		if (!complete) process.exitCode = 1;
	} finally {
		await sandbox.close();
	}
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
