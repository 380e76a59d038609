export { searchChannels } from './channels';
export { searchContacts } from './contacts';
export { searchConversations } from './conversations';
