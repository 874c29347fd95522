export * from './replay-under.js';
export * from './compare.js';
