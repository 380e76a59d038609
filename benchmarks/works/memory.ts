import { alternate } from '../harness/alternate';
import { count, median, megabytes, ratio } from '../harness/figures';
import { ALL_COLLECTED } from '../harness/reportHook';
import { measured } from '../harness/stage';
import type { Work } from '../harness/work';
import { CONTESTANTS, NAMES, type Contestant } from '../harness/workflows';

const MOST_OF_HTTP_REQUEST = 0.5;

/** The most memory that n8n has taken, and kept, until one item for each message is there. */
export const memory: Work = {
	name: 'memory',
	async run({ sandbox, workflows, execute, restartN8n, quick }) {
		const messages = quick ? 20_000 : 100_000;
		await sandbox.open({ latencyMs: 0 });
		const conversation = await sandbox.addThread(messages);
		const small = await sandbox.addThread(100);
		/** The same workflow over few messages, which brings n8n to what it takes itself, and over many. */
		const executeTwice = async (who: Contestant, env?: Record<string, string>) => {
			const workflow = workflows.listInItems(who, `memory-${who}`);
			await restartN8n(env);
			const idle = await execute(workflow, { conversation: small });
			const run = await execute(workflow, { conversation });
			measured(run);
			return { idle, run };
		};
		const resident = await alternate(CONTESTANTS, quick ? 1 : 5, async (who) => {
			const { idle, run } = await executeTwice(who);
			return { idle: idle.peakRssMb, most: run.peakRssMb };
		});
		const kept = await alternate(CONTESTANTS, 1, async (who) => {
			const { idle, run } = await executeTwice(who, ALL_COLLECTED);
			return { idle: Math.min(idle.keptMb!.least, run.keptMb!.least), most: run.keptMb!.most };
		});
		const aboves = (samples: Array<{ idle: number; most: number }>) =>
			samples.map(({ idle, most }) => most - idle);
		const share = (taken: typeof resident, who: Contestant, of: Contestant) =>
			median(aboves(taken[who])) / median(aboves(taken[of]));
		const ofHttpRequest = share(resident, 'sahut', 'httpRequest');
		const ofFloor = share(kept, 'sahut', 'floor');
		return {
			title: `Return All of ${count(messages)} messages: memory of the process of n8n`,
			text: '*Idle* is what n8n takes after the same workflow over 100 messages. *Resident* (RSS) is its highest, in a fresh process for each sample. Much of it is garbage that V8 has not collected yet, of the connection that n8n opens for each request above all, which the floor leaves too; a full collection in the middle, which some samples of HTTP Request have and others not, makes 40 MB of difference. *Kept* is the highest that was left when all garbage was collected all the time, heap and buffers: what n8n cannot do without.',
			head: ['workflow', 'resident, idle', 'above idle', 'kept, idle', 'above idle'],
			rows: CONTESTANTS.map((who) => [
				who === 'httpRequest' ? 'HTTP Request → Split Out' : NAMES[who],
				megabytes([median(resident[who].map(({ idle }) => idle))]),
				megabytes(aboves(resident[who])),
				megabytes(kept[who].map(({ idle }) => idle)),
				megabytes(aboves(kept[who])),
			]),
			verdicts: [
				{
					work: `Memory above idle, Return All of ${count(messages)} messages`,
					goal: `at most ${ratio(MOST_OF_HTTP_REQUEST)} of HTTP Request → Split Out`,
					measured: `${ratio(ofHttpRequest)} (the floor: ${ratio(share(resident, 'floor', 'httpRequest'))})`,
					met: ofHttpRequest <= MOST_OF_HTTP_REQUEST,
				},
				{
					work: 'What of it is kept',
					goal: 'no more than the floor',
					measured: `${ratio(ofFloor)} (HTTP Request → Split Out: ${ratio(share(kept, 'httpRequest', 'floor'))})`,
					met: ofFloor <= 1,
				},
			],
		};
	},
};
