export { freePort } from './free-port.js';
export { startPostgres, type RestartableServer, type TestServer } from './postgres-server.js';
export { startRedis } from './redis-server.js';
export { serviceUrl, type ServiceName } from './services.js';
