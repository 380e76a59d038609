import type { TransportSettings } from '../../nodes/Sahut/transport/settings';

/** The transport settings of the nodes that the engine creates. Default: those that the nodes have in n8n. */
export const injectedTransport: { settings?: TransportSettings } = {};
