export * from './asked.js';
export * from './shipped.js';
