import type { TransportSettings } from '../../nodes/Sahut/transport/settings';

/** The transport settings for the nodes that the engine creates. Default: the nodes' own, as in n8n. */
export const injectedTransport: { settings?: TransportSettings } = {};
