import { readFileSync } from 'node:fs';
import { Client, credentials, Metadata, type ChannelCredentials, type ClientOptions } from '@grpc/grpc-js';
import discovery from '@eventstore/db-client/dist/Client/discovery.js';
import connectionStrings from '@eventstore/db-client/dist/Client/parseConnectionString.js';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { InvalidArgument } from '../errors.js';
import { Interrupted } from './failures.js';
import { whyNoNode } from './gossip.js';

type Parsed = ReturnType<typeof connectionStrings.parseConnectionString>;
export type StreamsClient = InstanceType<typeof streamsGrpc.StreamsClient>;

interface Node {
  readonly address: string;
  readonly port: number;
}

const DEFAULT_KEEP_ALIVE_MS = 10_000;
/** EventStoreDB has events of up to 16 MiB. */
const MAX_MESSAGE_BYTES = 17 * 1024 * 1024;

/**
 * The way to one node of a connection string: the only one, or the one that gossip says is right. After a failure
 * the next call takes a new way, so that a leader that moved is found.
 */
export class Connection {
  private readonly settings: Parsed;
  private readonly channelCredentials: ChannelCredentials;
  private client: Promise<StreamsClient> | undefined;
  private failed: Node | undefined;
  private next: Node | undefined;
  private current: Node | undefined;
  private closed = false;

  /** @throws InvalidArgument where the connection string says nothing that can be used */
  constructor(connectionString: string) {
    this.settings = parsed(connectionString);
    this.channelCredentials = channelCredentials(this.settings);
  }

  /** Without credentials: for messages. */
  get name(): string {
    return this.settings.hosts.map(({ address, port }) => `${address}:${port}`).join(',');
  }

  /** @throws Interrupted where no node can be found */
  streams(): Promise<StreamsClient> {
    if (this.closed) throw new Interrupted('The connection is closed.');
    return (this.client ??= this.connect());
  }

  /** What goes with every call. */
  metadata(): Metadata {
    const metadata = new Metadata();
    const { defaultCredentials, connectionName, tls } = this.settings;
    if (connectionName !== undefined) metadata.set('connection-name', connectionName);
    if (this.prefersLeader) metadata.set('requires-leader', 'true');
    if (defaultCredentials !== undefined && tls !== false) {
      const { username, password } = defaultCredentials;
      metadata.set('authorization', `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`);
    }
    return metadata;
  }

  /** The client came to nothing: the next call gets another one. */
  async drop(client: StreamsClient, leader?: Node): Promise<void> {
    const current = await this.client?.catch(() => undefined);
    if (current !== client) return;
    this.client = undefined;
    this.failed = this.current;
    this.next = leader !== undefined && leader.address !== '' ? leader : undefined;
    client.close();
  }

  async close(): Promise<void> {
    this.closed = true;
    const client = await this.client?.catch(() => undefined);
    client?.close();
  }

  private get prefersLeader(): boolean {
    return (this.settings.nodePreference ?? 'leader') === 'leader';
  }

  private async connect(): Promise<StreamsClient> {
    try {
      const node = this.next ?? (await this.find());
      this.next = undefined;
      this.current = node;
      const target = `${node.address.includes(':') ? `[${node.address}]` : node.address}:${node.port}`;
      return new streamsGrpc.StreamsClient(target, this.channelCredentials, this.channelOptions()) as StreamsClient;
    } catch (error) {
      this.client = undefined;
      throw new Interrupted(`no node of the cluster can be used: ${(error as Error).message}`, undefined, {
        cause: error,
      });
    }
  }

  private async find(): Promise<Node> {
    const { hosts, dnsDiscover } = this.settings;
    const [first] = hosts;
    if (!dnsDiscover && hosts.length === 1) return first!;
    const { nodePreference, discoveryInterval, gossipTimeout, maxDiscoverAttempts } = this.settings;
    const how = Object.fromEntries(
      Object.entries({
        nodePreference,
        discoveryInterval,
        gossipTimeout,
        maxDiscoverAttempts: maxDiscoverAttempts ?? 3,
      }).filter(([, value]) => value !== undefined),
    );
    const where = dnsDiscover ? { discover: first! } : { endpoints: [...hosts] };
    try {
      return await discovery.discoverEndpoint({ ...how, ...where }, this.channelCredentials, this.failed);
    } catch {
      throw new Error(await whyNoNode(hosts, this.channelCredentials));
    }
  }

  private channelOptions(): ClientOptions {
    const { keepAliveInterval = DEFAULT_KEEP_ALIVE_MS, keepAliveTimeout = DEFAULT_KEEP_ALIVE_MS } = this.settings;
    return {
      'grpc.keepalive_time_ms': keepAliveInterval < 0 ? Number.MAX_SAFE_INTEGER : keepAliveInterval,
      'grpc.keepalive_timeout_ms': keepAliveTimeout < 0 ? Number.MAX_SAFE_INTEGER : keepAliveTimeout,
      'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
      // Channels are shared within a process otherwise, and one that is closed would be closed for others.
      'grpc.use_local_subchannel_pool': 1,
    };
  }
}

function parsed(connectionString: string): Parsed {
  try {
    return connectionStrings.parseConnectionString(connectionString);
  } catch {
    // The words of the parser repeat the string, password and all.
    throw new InvalidArgument(
      'The connection string cannot be read: esdb://[user:password@]host[:port][,host…][?tls=true|false&…] is expected.',
    );
  }
}

function channelCredentials({ tls, tlsCAFile, userCertFile, userKeyFile }: Parsed): ChannelCredentials {
  if (tls === false) return credentials.createInsecure();
  const file = (path: string | undefined): Buffer | null => (path === undefined ? null : readFileSync(path));
  try {
    return credentials.createSsl(file(tlsCAFile), file(userKeyFile), file(userCertFile));
  } catch (error) {
    throw new InvalidArgument(`A certificate of the connection string cannot be used: ${(error as Error).message}`);
  }
}

/** Every generated client is one. */
export type { Client };
