import { startSandbox } from '../sandbox';
import { runAndReportDemo } from './demo/report';

async function main(): Promise<void> {
	const sandbox = await startSandbox();
	try {
		const succeeded = await runAndReportDemo(sandbox, (text) => console.log(text));
		if (!succeeded) process.exitCode = 1;
	} finally {
		await sandbox.close();
	}
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
