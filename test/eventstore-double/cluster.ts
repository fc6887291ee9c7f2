import type * as Grpc from '@grpc/grpc-js';
import type { ClusterInfo } from '@eventstore/db-client/generated/gossip_pb.js';
import type { Empty } from '@eventstore/db-client/generated/shared_pb.js';
import type { SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb.js';
import type { Faults } from './faults.js';
import { features, gossip, services, uuid } from './wire.js';

export interface Member {
  readonly host: string;
  readonly port: number;
  readonly state: 'leader' | 'follower' | 'catching-up';
  readonly alive: boolean;
}

const SERVER_VERSION = '24.10.0';

const FEATURES: Readonly<Record<string, readonly string[]>> = {
  'event_store.client.streams.streams/read': ['position', 'events'],
  'event_store.client.streams.streams/batchappend': ['deadline_duration'],
};

export function featuresService(faults: Faults, batchAppend: boolean) {
  return {
    getSupportedMethods: (
      call: Grpc.ServerUnaryCall<Empty, SupportedMethods>,
      callback: Grpc.sendUnaryData<SupportedMethods>,
    ): void => {
      void faults.enter(call.metadata).then((refused) => callback(refused ?? null, supported(batchAppend)));
    },
  };
}

function supported(batchAppend: boolean): SupportedMethods {
  const methods = Object.values(services)
    .flatMap((service) => Object.values(service) as { path: string }[])
    .map(({ path }) => path.slice(1).toLowerCase())
    .filter((path) => batchAppend || !path.endsWith('/batchappend'));
  const answer = new features.SupportedMethods();
  answer.setEventStoreServerVersion(SERVER_VERSION);
  for (const path of methods) {
    const [service, method] = path.split('/');
    const entry = new features.SupportedMethod();
    entry.setServiceName(service!);
    entry.setMethodName(method!);
    entry.setFeaturesList([
      ...(FEATURES[path] ?? (path.includes('persistent_subscriptions') ? ['stream', 'all'] : [])),
    ]);
    answer.addMethods(entry);
  }
  return answer;
}

export function gossipService(faults: Faults, members: () => readonly Member[]) {
  return {
    read: (call: Grpc.ServerUnaryCall<Empty, ClusterInfo>, callback: Grpc.sendUnaryData<ClusterInfo>): void => {
      void faults.enter(call.metadata).then((refused) => callback(refused ?? null, clusterInfo(members())));
    },
  };
}

function clusterInfo(members: readonly Member[]): ClusterInfo {
  const { VNodeState } = gossip.MemberInfo;
  const states = { leader: VNodeState.LEADER, follower: VNodeState.FOLLOWER, 'catching-up': VNodeState.CATCHINGUP };
  const info = new gossip.ClusterInfo();
  for (const { host, port, state, alive } of members) {
    const endpoint = new gossip.EndPoint();
    endpoint.setAddress(host);
    endpoint.setPort(port);
    const member = new gossip.MemberInfo();
    member.setInstanceId(uuid('00000000-0000-4000-8000-' + String(port).padStart(12, '0')));
    member.setTimeStamp(String(Date.now() * 10_000));
    member.setState(states[state]);
    member.setIsAlive(alive);
    member.setHttpEndPoint(endpoint);
    info.addMembers(member);
  }
  return info;
}
