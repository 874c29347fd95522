export * from './settle-due.js';
export * from './notify/index.js';
export * from './recompute-provisional.js';
