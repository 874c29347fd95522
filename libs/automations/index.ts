export * from './settle-due.js';
export * from './recompute-provisional.js';
