// Mirrors what happens to cases: every process that runs this takes its share of the group "mirror".
//   npx redress consumers create '$all' mirror --stream-prefixes case-
//   ESDB='esdb://mirror:rk_…@host:2113?tls=true' node consume-group.mjs
import { setTimeout as delay } from 'node:timers/promises';
import { EventStoreDBClient } from '@eventstore/db-client';

const client = EventStoreDBClient.connectionString(process.env.ESDB);

/** Yours. Events come at least once and in no order: remember by stream and revision what you have done. */
async function handle({ streamId, revision, type, data }) {
  process.stdout.write(`${streamId}@${revision} ${type} ${JSON.stringify(data).length} bytes\n`);
}

// A subscription of the client ends with its connection and does not come back by itself.
for (;;) {
  const subscription = client.subscribeToPersistentSubscriptionToAll('mirror', { bufferSize: 20 });
  try {
    // Not on('data'): handlers that wait would overlap.
    for await (const resolved of subscription) {
      try {
        await handle(resolved.event);
        await subscription.ack(resolved);
      } catch (error) {
        // Comes again ten times, then it is parked for an operator: redress consumers replay '$all' mirror
        await subscription.nack('retry', error.message, resolved);
      }
    }
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
  }
  await delay(1000);
}
