export { Predecessors, predecessorsIn, recordRestored, type Translated } from './predecessors.js';
