export { getAgents, getAssignees, getNewAssignees } from './agents';
export { getAnyChannel, getChannels } from './channels';
