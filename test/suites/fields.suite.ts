import { includeTests } from './includeTests';

includeTests('engine/fields', 'engine/lists', 'engine/errors');
