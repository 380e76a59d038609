import type { TransportSettings } from '../../nodes/Sahut/transport/settings';

/** The settings with which the engine creates the nodes of the package; without them, as n8n does. */
export const injectedTransport: { settings?: TransportSettings } = {};
