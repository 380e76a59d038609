import { includeTests } from './includeTests';

includeTests('engine/delivery');
