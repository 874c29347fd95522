export * from './settle-due.js';
export * from './match-repeats.js';
export * from './notify/index.js';
export * from './recompute-provisional.js';
export * from './keep-sheets.js';
export * from './keep-heads.js';
