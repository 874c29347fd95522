export * from './aggregate.js';
export * from './fold.js';
export * from './draft.js';
export * from './executor.js';
