export * from './settle-due.js';
