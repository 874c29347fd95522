import { expect, test } from '@jest/globals';
import { eventStoreContract } from '../contract/index.js';
import { EndpointProcess } from '../endpoint/testing/endpoint-process.js';
import { openEventStoreDb } from './index.js';

eventStoreContract('the EventStoreDB adapter, through the endpoint in another process,', async () => {
  const endpoint = await EndpointProcess.start();
  let store = await openEventStoreDb(endpoint.url);
  return {
    store,
    reopen: async () => {
      await store.close();
      await endpoint.stop();
      await endpoint.run();
      return (store = await openEventStoreDb(endpoint.url));
    },
    close: async () => {
      await store.close();
      await endpoint.end();
      expect(endpoint.faults).toBe('');
    },
  };
});

const { EVENTSTOREDB_URL } = process.env;
if (EVENTSTOREDB_URL === undefined || EVENTSTOREDB_URL === '') {
  const notice = 'EVENTSTOREDB_URL is not set: the contract was not run against a server of your own';
  test(notice, () => console.warn(notice));
} else {
  eventStoreContract('the EventStoreDB adapter, on what EVENTSTOREDB_URL names,', async () => {
    let store = await openEventStoreDb(EVENTSTOREDB_URL);
    return {
      store,
      reopen: async () => {
        await store.close();
        return (store = await openEventStoreDb(EVENTSTOREDB_URL));
      },
      close: () => store.close(),
    };
  });
}
