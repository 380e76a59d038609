import { includeTests } from './includeTests';

includeTests('engine/delivery/once', 'engine/delivery/window');
