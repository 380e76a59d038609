export { getAgents, getAssignees } from './agents';
export { getChannels } from './channels';
