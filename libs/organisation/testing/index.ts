export { TestOrganisation } from './test-organisation.js';
