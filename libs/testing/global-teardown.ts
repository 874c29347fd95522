export { endServices as default } from './services.js';
