import { availableParallelism } from 'node:os';

// What runs is what is tested: Jest loads the built files in dist, so worker threads and child processes are the real ones.
export default {
  rootDir: 'dist',
  testEnvironment: 'node',
  transform: {},
  testMatch: ['<rootDir>/**/*.test.js'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 60_000,
  // On two cores Jest would use one: journeys mostly wait for the servers they started.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  // What a file leaves behind in Jest's module registry is never let go: a worker is made anew when it has grown.
  workerIdleMemoryLimit: '1GB',
  // Keeps PostgreSQL and Redis for the tests that ask for them; until one does it costs nothing.
  globalSetup: '<rootDir>/libs/testing/global-setup.js',
  globalTeardown: '<rootDir>/libs/testing/global-teardown.js',
  reporters: ['default'],
};
