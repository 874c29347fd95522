export * from './open-directory.js';
