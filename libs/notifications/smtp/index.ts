export * from './smtp-carrier.js';
