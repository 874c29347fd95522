import { Metadata, type ChannelCredentials } from '@grpc/grpc-js';
import gossipGrpc from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';

const DEADLINE_MS = 3_000;

interface Node {
  readonly address: string;
  readonly port: number;
}

/** Why none of the seeds names a node, in their own words: the client's own search keeps that to itself. */
export async function whyNoNode(seeds: readonly Node[], credentials: ChannelCredentials): Promise<string> {
  const said = await Promise.all(seeds.map((seed) => asked(seed, credentials)));
  return [...new Set(said)].join('; ');
}

function asked({ address, port }: Node, credentials: ChannelCredentials): Promise<string> {
  const client = new gossipGrpc.GossipClient(`${address}:${port}`, credentials, {
    'grpc.use_local_subchannel_pool': 1,
  });
  return new Promise((resolve) => {
    client.read(new sharedPb.Empty(), new Metadata(), { deadline: Date.now() + DEADLINE_MS }, (error) => {
      client.close();
      resolve(error?.details ?? 'no node of the cluster is fit');
    });
  });
}
