export * from './vault.js';
export * from './errors.js';
export * from './attachments.js';
export * from './open-parts.js';
