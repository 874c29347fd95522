import { Server, ServerCredentials, type ServiceDefinition } from '@grpc/grpc-js';
import type { EmbeddedEventStore } from '../embedded/store.js';
import { Gate, type EndpointAccess } from './access.js';
import type { OnFault } from './calls.js';
import { featuresDefinition, gossip, gossipDefinition, serverFeatures } from './server-features.js';
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
  const { groups } = store.consumerGroups;
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
  const bound = await bind(server, `${host.includes(':') ? `[${host}]` : host}:${port}`, credentials);
  groups.start();
  return {
    port: bound,
    close: () => {
      server.forceShutdown();
      return Promise.resolve();
    },
  };
}

/** The operating system's code is only in the words of gRPC's error; who starts the engine looks for it. */
function bind(server: Server, address: string, credentials: ServerCredentials): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, port) => {
      if (error === null) return resolve(port);
      const code = /\bE[A-Z]{4,}\b/.exec(error.message)?.[0];
      const message = `EventStoreDB clients cannot be served on ${address}: ${error.message}`;
      reject(Object.assign(new Error(message, { cause: error }), code === undefined ? {} : { code }));
    });
  });
}
