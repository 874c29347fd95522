export * from './port.js';
export * from './waking-loop.js';
export * from './run-job.js';
export * from './job-worker.js';
export * from './carrier.js';
export * from './carried-worker.js';
export * from './long-jobs.js';
