import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import gossipGrpc from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import gossipPb from '@eventstore/db-client/generated/gossip_pb.js';
import featuresGrpc from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import featuresPb from '@eventstore/db-client/generated/serverfeatures_pb.js';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import { newId } from '#kernel';
import { unary, type OnFault } from './calls.js';

/** The release of EventStoreDB whose answers the endpoint gives; clients ask for it to know what they may use. */
export const COMPATIBLE_VERSION = '23.10.6';

export const featuresDefinition = featuresGrpc.ServerFeaturesService as unknown as ServiceDefinition;
export const gossipDefinition = gossipGrpc.GossipService as unknown as ServiceDefinition;

const FEATURES: readonly (readonly [RegExp, readonly string[]])[] = [
  [/PersistentSubscriptions\//, ['stream', 'all']],
  [/Streams\/Read$/, ['position', 'events']],
];

/** Says which methods there are. Asked before credentials are, as EventStoreDB lets it be. */
export function serverFeatures(
  definitions: readonly ServiceDefinition[],
  onFault: OnFault,
): UntypedServiceImplementation {
  const methods = definitions.flatMap((definition) => Object.values(definition).map(({ path }) => path));
  const response = new featuresPb.SupportedMethods()
    .setEventStoreServerVersion(COMPATIBLE_VERSION)
    .setMethodsList(methods.map(supportedMethod));
  return { getSupportedMethods: unary(onFault, async () => response) };
}

function supportedMethod(path: string): featuresPb.SupportedMethod {
  const [, service, method] = path.split('/');
  return new featuresPb.SupportedMethod()
    .setServiceName(service!.toLowerCase())
    .setMethodName(method!.toLowerCase())
    .setFeaturesList([...(FEATURES.find(([pattern]) => pattern.test(path))?.[1] ?? [])]);
}

/** A cluster of one: the leader, under the name by which the client reached it. */
export function gossip(startedMs: number, onFault: OnFault): UntypedServiceImplementation {
  const instance = new sharedPb.UUID().setString(newId());
  return {
    read: unary(onFault, async (_request, _metadata, call) => {
      const { hostname, port } = new URL(`http://${call.getHost()}`);
      const member = new gossipPb.MemberInfo()
        .setInstanceId(instance)
        .setTimeStamp(String(startedMs * 10_000))
        .setState(gossipPb.MemberInfo.VNodeState.LEADER)
        .setIsAlive(true)
        .setHttpEndPoint(new gossipPb.EndPoint().setAddress(hostname).setPort(Number(port || DEFAULT_PORT)));
      return new gossipPb.ClusterInfo().setMembersList([member]);
    }),
  };
}

const DEFAULT_PORT = 80;
