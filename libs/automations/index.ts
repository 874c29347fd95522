export * from './settle-due.js';
export * from './match-repeats.js';
