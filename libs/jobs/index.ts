export * from './port.js';
export * from './waking-loop.js';
export * from './job-worker.js';
