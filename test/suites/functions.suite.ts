import { includeTests } from './includeTests';

includeTests('unit', 'sandbox');
