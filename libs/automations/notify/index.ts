export * from './follow-log.js';
export * from './seal-messages.js';
export * from './deliver.js';
export { readHistoryOf, type ReadHistory } from './history.js';
export { render, type Reader, type Rendered, type Rendering } from './render.js';
