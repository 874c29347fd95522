import { Server, ServerCredentials, type ServiceDefinition } from '@grpc/grpc-js';
import type { EmbeddedEventStore } from '../embedded/store.js';
import { Gate, type EndpointAccess } from './access.js';
import type { OnFault } from './calls.js';
import { featuresDefinition, gossip, gossipDefinition, serverFeatures } from './server-features.js';
import { Groups } from './persistent/groups.js';
import { persistentDefinition, persistentService } from './persistent/service.js';
import { EventEncoder } from './wire/event-encoder.js';
import { streamsDefinition, streamsService } from './streams/service.js';

export interface EndpointOptions {
  readonly store: EmbeddedEventStore;
  readonly access: EndpointAccess;
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** PEM. Without it the wire is in the clear. */
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
  /** Hears of faults of the endpoint's own. */
  readonly onFault?: OnFault;
}

export interface Endpoint {
  readonly port: number;
  /** Ends what clients follow and closes; the store stays open. */
  close(): Promise<void>;
}

/** EventStoreDB lets events of 16 MiB be read, and as much come in before it refuses it. */
const MAX_MESSAGE_BYTES = 17 * 1024 * 1024;

/**
 * Serves the embedded store as EventStoreDB's gRPC services, so that any official client reads, follows and, where it is
 * let, writes (EVENT_STORE.md).
 * @throws Error where the address cannot be bound
 */
export async function startEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const { store, access, host, port, tls, onFault = () => undefined } = options;
  const gate = new Gate(access);
  const server = new Server({
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_send_message_length': -1,
  });
  const encoder = new EventEncoder(store.queries.rows);
  const groups = new Groups(store, onFault);
  const streams = streamsDefinition as unknown as ServiceDefinition;
  const persistent = persistentDefinition as unknown as ServiceDefinition;
  const definitions = [streams, persistent, gossipDefinition, featuresDefinition];
  server.addService(streams, streamsService(store, encoder, gate, onFault));
  server.addService(persistent, persistentService(groups, encoder, gate, onFault));
  server.addService(gossipDefinition, gossip(Date.now(), onFault));
  server.addService(featuresDefinition, serverFeatures(definitions, onFault));
  const credentials =
    tls === undefined
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(null, [{ cert_chain: tls.cert, private_key: tls.key }]);
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(address, credentials, (error, number) => (error === null ? resolve(number) : reject(error)));
  });
  groups.start();
  return {
    port: bound,
    close: async () => {
      server.forceShutdown();
      await groups.close();
    },
  };
}
