export { startCluster, type Cluster, type ClusterOptions } from './cluster';
export type { WebhookProcess } from './n8nProcesses';
export type { Service } from './service';
