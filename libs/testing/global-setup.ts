export { keepServices as default } from './services.js';
