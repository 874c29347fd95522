export * from './changes.js';
export * from './detail.js';
export * from './replay.js';
export * from './sheet.js';
export * from './timeline.js';
