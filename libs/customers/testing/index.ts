export * from './file-desk.js';
