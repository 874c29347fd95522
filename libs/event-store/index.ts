export * from './port.js';
export * from './consumer-groups.js';
export * from './group-lag.js';
export * from './errors.js';
export * from './stream-metadata.js';
export * from './following.js';
export * from './or-none.js';
