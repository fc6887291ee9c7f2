import type { ClientDuplexStream } from '@grpc/grpc-js';
import { Client, persistentPb, PersistentSubscriptionsClient, uuid } from './client.js';
import { failureOf, StoreFailure } from './failure.js';
import { empty } from './read-call.js';

type GroupCall = ClientDuplexStream<persistentPb.ReadReq, persistentPb.ReadResp>;
export type GroupEvent = persistentPb.ReadResp.ReadEvent;

export type Settlement = { readonly action: 'ack' } | { readonly action: 'retry' | 'park'; readonly reason: string };

/** One connection of a consumer to its group. */
export class GroupSession {
  /** Rejects when the connection is lost, resolves when it was closed from here. */
  readonly ended: Promise<void>;
  private alive = true;
  private settled = false;

  private constructor(
    readonly client: Client,
    private readonly call: GroupCall,
    received: (session: GroupSession, event: GroupEvent) => void,
    confirmed: () => void,
  ) {
    call.on('data', (response: persistentPb.ReadResp) => {
      const event = response.getEvent();
      if (response.hasSubscriptionConfirmation()) confirmed();
      if (event && this.alive) received(this, event);
    });
    this.ended = new Promise((resolve, reject) => {
      const lost = (error: unknown): void => {
        if (this.alive) reject(failureOf(error));
        else resolve();
        this.alive = false;
      };
      call.on('error', lost);
      call.on('end', () => lost(new StoreFailure('unreachable', 'the event store ended the subscription')));
      call.on('close', () => lost(new StoreFailure('unreachable', 'the connection broke')));
    });
    this.ended.catch(() => undefined);
  }

  /** Resolves once the server has confirmed it. */
  static async open(
    client: Client,
    group: string,
    bufferSize: number,
    received: (session: GroupSession, event: GroupEvent) => void,
  ): Promise<GroupSession> {
    const call = await client.open(PersistentSubscriptionsClient, (stub, metadata, rest) => stub.read(metadata, rest));
    let confirmed: () => void = () => undefined;
    const confirmation = new Promise<void>((resolve) => (confirmed = resolve));
    const session = new GroupSession(client, call, received, confirmed);
    call.write(opening(group, bufferSize));
    await Promise.race([confirmation, session.ended]);
    return session;
  }

  get open(): boolean {
    return this.alive;
  }

  /** False when it could not be told to the server any more. */
  settle(id: string, settlement: Settlement): Promise<boolean> {
    if (!this.alive) return Promise.resolve(false);
    this.settled = true;
    return new Promise((resolve) => {
      this.call.write(settling(id, settlement), (error: unknown) => resolve(!error));
      void this.ended.then(
        () => resolve(false),
        () => resolve(false),
      );
    });
  }

  /**
   * The server sees a cancelled call before what was last written on it, so it is first asked something
   * else on the same connection: its answer means that it has read the acknowledgements.
   */
  async close(group: string): Promise<void> {
    if (this.alive && this.settled) {
      await this.client.api.getPersistentSubscriptionToAllInfo(group, { deadline: 2000 }).catch(() => undefined);
    }
    this.alive = false;
    this.call.cancel();
  }
}

function opening(group: string, bufferSize: number): persistentPb.ReadReq {
  const ids = new persistentPb.ReadReq.Options.UUIDOption();
  ids.setString(empty());
  const options = new persistentPb.ReadReq.Options();
  options.setAll(empty());
  options.setGroupName(group);
  options.setBufferSize(bufferSize);
  options.setUuidOption(ids);
  const request = new persistentPb.ReadReq();
  request.setOptions(options);
  return request;
}

function settling(id: string, settlement: Settlement): persistentPb.ReadReq {
  const request = new persistentPb.ReadReq();
  if (settlement.action === 'ack') {
    const ack = new persistentPb.ReadReq.Ack();
    ack.addIds(uuid(id));
    request.setAck(ack);
    return request;
  }
  const { PARK, RETRY } = persistentPb.ReadReq.Nack.Action;
  const nack = new persistentPb.ReadReq.Nack();
  nack.addIds(uuid(id));
  nack.setAction(settlement.action === 'park' ? PARK : RETRY);
  nack.setReason(settlement.reason);
  request.setNack(nack);
  return request;
}
