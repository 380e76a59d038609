export * from './canvas';
export { launchChromium } from './chromium';
export * from './credentialDialog';
export * from './runExample';
export * from './executionsView';
export * from './nodePanel';
export * from './nodePicker';
export { openEditor, type EditorLook } from './openEditor';
export * from './testWebhook';
