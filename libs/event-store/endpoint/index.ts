export { startEndpoint, type Endpoint, type EndpointOptions } from './endpoint.js';
export type { EndpointAccess, EndpointUser } from './access.js';
