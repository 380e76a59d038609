import { alternate } from '../harness/alternate';
import { count, median, ratio } from '../harness/figures';
import { measured } from '../harness/stage';
import type { Work } from '../harness/work';

const MOST_OF_HTTP_REQUEST = 0.5;
const WHO = ['sahut', 'httpRequest'] as const;

/** The most memory that n8n has taken when one item for each message is there. */
export const memory: Work = {
	name: 'memory',
	async run({ sandbox, workflows, execute, restartN8n, quick }) {
		const messages = quick ? 20_000 : 100_000;
		await sandbox.open({ latencyMs: 0 });
		const conversation = await sandbox.addThread(messages);
		const small = await sandbox.addThread(100);
		const take = async (who: (typeof WHO)[number]) => {
			const workflow = workflows.listInItems(who, `memory-${who}`, { returnAll: true });
			await restartN8n();
			// What n8n itself takes once it has run anything.
			const { peakRssMb: idleMb } = await execute(workflow, { conversation: small });
			const report = await execute(workflow, { conversation });
			measured(report);
			const items = Object.values(report.nodes).at(-1)!.items;
			const peakMb = report.peakRssMb;
			return { idleMb, peakMb, growthMb: peakMb - idleMb, items };
		};
		const samples = await alternate(WHO, quick ? 1 : 5, take);
		const middle = (who: (typeof WHO)[number], what: 'idleMb' | 'peakMb' | 'growthMb') =>
			median(samples[who].map((sample) => sample[what]));
		const growthShare = middle('sahut', 'growthMb') / middle('httpRequest', 'growthMb');
		return {
			title: `Return All of ${count(messages)} messages: peak memory of the process of n8n`,
			text: 'Resident memory (RSS) at its highest, in a fresh process of n8n for each sample. *Idle* is what it had taken after the same workflow over 100 messages: nearly all of it is n8n itself.',
			head: ['workflow', 'idle', 'peak', 'above idle', 'items'],
			rows: WHO.map((who) => [
				who === 'sahut' ? 'Sahut' : 'HTTP Request → Split Out',
				...(['idleMb', 'peakMb', 'growthMb'] as const).map(
					(what) => `${count(middle(who, what))} MB`,
				),
				count(samples[who][0]!.items),
			]),
			verdicts: [
				{
					work: `Memory above idle, Return All of ${count(messages)} messages`,
					goal: `at most ${ratio(MOST_OF_HTTP_REQUEST)} of HTTP Request → Split Out`,
					measured: ratio(growthShare),
					met: growthShare <= MOST_OF_HTTP_REQUEST,
				},
			],
		};
	},
};
