import { includeTests } from './includeTests';

includeTests('engine/items', 'engine/rateLimit', 'engine/trigger', 'engine/examples');
