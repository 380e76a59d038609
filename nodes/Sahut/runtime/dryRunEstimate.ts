import type { IDataObject } from 'n8n-workflow';

/** The requests per minute of Sahut's plans (API reference, "Basics"). */
const REQUESTS_PER_MINUTE = { Starter: 60, Pro: 300, Business: 1_000 };

const countPlanned = ({ request, requests }: IDataObject) =>
	Array.isArray(requests) ? requests.length : Number(request !== undefined);

function describeMinutes(minutes: number): string {
	if (minutes < 1) return 'less than a minute';
	const rounded = Math.round(minutes);
	return rounded === 1 ? '1 minute' : `${rounded.toLocaleString('en')} minutes`;
}

/** Whether a record is the output of a Dry Run. */
export const isDryRun = ({ dryRun }: IDataObject) => dryRun === true;

/**
 * Describes how long a run would take that is not a Dry Run.
 *
 * @param records the output of a Dry Run
 * @param made the number of requests that the Dry Run has made, which the other run would make too
 */
export function estimateDuration(records: IDataObject[], made: number): string {
	const total = records.reduce((sum, record) => sum + countPlanned(record), made);
	const requests = total === 1 ? '1 request' : `${total.toLocaleString('en')} requests`;
	const start = `Sending would take about ${requests}:`;
	if (total < REQUESTS_PER_MINUTE.Starter) return `${start} less than a minute on every plan.`;
	const durations = Object.entries(REQUESTS_PER_MINUTE).map(
		([plan, perMinute]) =>
			`${describeMinutes(total / perMinute)} on ${plan} (${perMinute.toLocaleString('en')} requests per minute)`,
	);
	return `${start} ${durations.join(', ')}.`;
}
