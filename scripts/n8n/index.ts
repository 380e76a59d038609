export * from './executeCommand';
export { cacheFolder } from './cache';
export * from './credentials';
export * from './dataTables';
export * from './executions';
export { logSize, logTail, createTestLog, readLog } from './logFile';
export { installN8n } from './install';
export { ensureOwnerLogin } from './ownerLogin';
export {
	installBuild,
	installedPackageFolder,
	installPackage,
	packPackage,
} from './packageInstall';
export { resolvePort, findFreePort } from './ports';
export { majorOf, NEWEST, type N8nVersion } from './releases';
export { startN8n, startProcess, type N8nOptions, type RunningN8n } from './server';
export { startService, type Service } from './service';
export { signIn, type Session } from './session';
export { makeTempFolder } from './tempFolder';
export { until } from './until';
export * from './workflows';
