export { isOfSuccession, moveLog, MoveRefused, type MoveOptions, type MoveReport } from './move.js';
export { Predecessors, predecessorsIn, recordRestored, type Translated } from './predecessors.js';
