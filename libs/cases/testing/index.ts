export * from './desk.js';
export * from './given.js';
export * from './events.js';
export * from './random-life.js';
export * from './rich-pack.js';
export * from './story.js';
export * from './plain-pack.js';
export * from './graded.js';
