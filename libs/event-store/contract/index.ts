import { afterAll, beforeAll, describe } from '@jest/globals';
import { appendContract } from './append.js';
import { consumerGroupsContract } from './consumer-groups.js';
import { randomContract } from './random.js';
import { readContract } from './read.js';
import { retentionContract } from './retention.js';
import type { OpenedStore, StoreUnderTest } from './samples.js';
import { subscribeContract } from './subscribe.js';

export type { OpenedStore } from './samples.js';

/** What every adapter of the EventStore port must keep (EVENT_STORE.md 1–20). Call it in a test file of the adapter. */
export function eventStoreContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name} keeps the EventStore contract`, () => {
    let opened: OpenedStore;
    const under = {
      reopen: async () => {
        under.store = await opened.reopen();
      },
    } as StoreUnderTest;

    beforeAll(async () => {
      opened = await open();
      under.store = opened.store;
    });
    afterAll(() => opened.close());

    describe('append', () => appendContract(under));
    describe('read', () => readContract(under));
    describe('delete and retention', () => retentionContract(under));
    describe('subscribe', () => subscribeContract(under));
    describe('consumer groups', () => consumerGroupsContract(under));
    describe('random operations', () => randomContract(under));
  });
}
