export { searchConversations } from './conversations';
