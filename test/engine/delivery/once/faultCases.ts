import { FAULTS, type FaultTarget, FIRST_CUSTOMER } from './faultTable';
import { CUSTOMERS, OPERATIONS, parametersOf } from './operationTable';
import { SETTINGS, type Settings } from './outcomes';

/** The operation that is tested under all settings. The others handle the settings in the same way. */
const UNDER_ALL_SETTINGS = 'message send, a text';

const ON_ERROR_LABELS: Record<Settings['onError'], string> = {
	stopWorkflow: 'Stop Workflow',
	continueRegularOutput: 'Continue',
	continueErrorOutput: 'Continue (using error output)',
};

/**
 * Returns the test cases of an operation and a fault: one for each step, target and setting.
 *
 * All operations except {@link UNDER_ALL_SETTINGS} use two of the six settings, which differ in both
 * values and rotate, so that each setting is combined with each step, fault and target.
 */
export function casesOf(operationName: string, faultName: string) {
	const operation = OPERATIONS[operationName]!;
	const fault = FAULTS[faultName]!;
	const { steps, targets = FIRST_CUSTOMER, customers = CUSTOMERS } = operation;
	const parameters = parametersOf(operationName);
	let turn =
		Object.keys(FAULTS).indexOf(faultName) + Object.keys(OPERATIONS).indexOf(operationName);
	return steps.flatMap((step) =>
		targets.flatMap((faultTarget) => {
			const effect = fault[step.method === 'GET' ? 'read' : 'write'][faultTarget[0]];
			if (!effect) return [];
			const names = { operationName, faultName };
			const testCase = { ...operation, ...names, parameters, customers, fault, step, faultTarget };
			// If no item is expected to fail, Stop is enough: an unexpected failure stops the node.
			const isStopEnough = effect.outcome === 'done' && targets === FIRST_CUSTOMER;
			const settingsToTest = isStopEnough
				? SETTINGS.filter(({ onError }) => onError === 'stopWorkflow')
				: SETTINGS.filter(
						(_, index) => operationName === UNDER_ALL_SETTINGS || index % 3 === turn % 3,
					);
			turn += 1;
			return settingsToTest.map((settings) => ({ ...testCase, effect, settings }));
		}),
	);
}

export type TestCase = ReturnType<typeof casesOf>[number];

/** Returns the affected requests as the subject of a sentence, e.g. `every POST /contacts for customer 0`. */
function describeTarget(request: string, [frequency, customer]: FaultTarget): string {
	if (frequency === 'once') return `the first ${request} for customer ${customer}`;
	const reads = frequency === 'blind' ? ' and every GET' : '';
	return `every ${request} for customer ${customer}${reads}`;
}

/** Returns the case as a clause that can follow an expectation: "when every POST /contacts … meets a 500 …". */
export function describeCase({ faultName, step, faultTarget, settings }: TestCase): string {
	const onError = ON_ERROR_LABELS[settings.onError];
	const retryOnFail = settings.retryOnFail ? 'on' : 'off';
	return [
		`when ${describeTarget(step.name, faultTarget)} meets ${faultName}`,
		`(On Error: ${onError}, Retry On Fail: ${retryOnFail})`,
	].join(' ');
}
