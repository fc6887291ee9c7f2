import { randomUUID } from 'node:crypto';
import type * as Grpc from '@grpc/grpc-js';
import type * as Pb from '@eventstore/db-client/generated/persistent_pb.js';
import { type WireError, wireErrors } from './errors.js';
import type { Faults } from './faults.js';
import type { Group, Message, NackAction, Subscriber } from './group.js';
import { type Groups, sourceOf } from './groups.js';
import { subscriptionInfo } from './subscription-info.js';
import { persistentEvent } from './messages.js';
import type { EventLog } from './log.js';
import { persistent, services, shared, uuidText } from './wire.js';

type ReadCall = Grpc.ServerDuplexStream<Pb.ReadReq, Pb.ReadResp>;

export function persistentService(log: EventLog, groups: Groups, faults: Faults) {
  const { noSubscription, subscriptionExists } = wireErrors;
  type Named = Parameters<typeof sourceOf>[0];
  const absent = (options: Named): WireError => noSubscription(sourceOf(options), options.getGroupName());

  /** A unary method: the answer, or an error to answer instead. */
  const unary =
    <Req, Resp>(answer: (request: Req) => Resp | WireError) =>
    (call: Grpc.ServerUnaryCall<Req, Resp>, callback: Grpc.sendUnaryData<Resp>): void => {
      void faults.enter(call.metadata).then((refused) => {
        const result = refused ?? answer(call.request);
        if (isError(result)) callback(result);
        else callback(null, result);
      });
    };

  return {
    create: unary((request: Pb.CreateReq) => {
      const options = request.getOptions()!;
      if (groups.find(options)) return subscriptionExists(sourceOf(options), options.getGroupName());
      groups.create(options);
      return new persistent.CreateResp();
    }),
    update: unary((request: Pb.UpdateReq) => {
      const options = request.getOptions()!;
      if (!groups.find(options)) return absent(options);
      groups.update(options);
      return new persistent.UpdateResp();
    }),
    delete: unary((request: Pb.DeleteReq) => {
      const options = request.getOptions()!;
      if (!groups.find(options)) return absent(options);
      groups.delete(options);
      return new persistent.DeleteResp();
    }),
    getInfo: unary((request: Pb.GetInfoReq) => {
      const options = request.getOptions()!;
      const group = groups.find(options);
      if (!group) return absent(options);
      const response = new persistent.GetInfoResp();
      response.setSubscriptionInfo(subscriptionInfo(group, log));
      return response;
    }),
    replayParked: unary((request: Pb.ReplayParkedReq) => {
      const options = request.getOptions()!;
      const group = groups.find(options);
      if (!group) return absent(options);
      group.replay(options.hasStopAt() ? Number(options.getStopAt()) : undefined);
      return new persistent.ReplayParkedResp();
    }),
    list: unary((_request: Pb.ListReq) => {
      const response = new persistent.ListResp();
      response.setSubscriptionsList(groups.all.map((group) => subscriptionInfo(group, log)));
      return response;
    }),
    restartSubsystem: unary(() => new shared.Empty()),
    read: (call: ReadCall): void => {
      let session: Session | undefined;
      call.on('error', () => session?.end());
      for (const event of ['cancelled', 'close', 'end']) call.on(event, () => session?.end());
      call.on('data', (request: Pb.ReadReq) => {
        if (session) return session.handle(request);
        if (request.hasOptions()) void connect(request.getOptions()!);
      });

      async function connect(options: Pb.ReadReq.Options): Promise<void> {
        const refused = await faults.enter(call.metadata);
        if (refused) return void call.emit('error', refused);
        const group = groups.find(options);
        if (!group) return void call.emit('error', absent(options));
        if (group.full) return void call.emit('error', wireErrors.maximumSubscribers(group.source, group.name));
        session = new Session(call, group, options.getBufferSize(), faults);
      }
    },
  } satisfies Record<keyof typeof services.persistent, unknown>;
}

const isError = (value: unknown): value is WireError => typeof value === 'object' && value !== null && 'code' in value;

/** One consumer's connection. */
class Session implements Subscriber {
  readonly bufferSize: number;
  private readonly call: ReadCall;
  private readonly group: Group;
  private readonly faults: Faults;

  constructor(call: ReadCall, group: Group, bufferSize: number, faults: Faults) {
    this.call = call;
    this.group = group;
    this.bufferSize = bufferSize;
    this.faults = faults;
    const confirmation = new persistent.ReadResp.SubscriptionConfirmation();
    confirmation.setSubscriptionId(`${group.id}/${randomUUID()}`);
    const response = new persistent.ReadResp();
    response.setSubscriptionConfirmation(confirmation);
    call.write(response);
    group.connect(this);
  }

  readonly send = (message: Message): void => {
    const event = persistentEvent(message.resolved, message.retries);
    this.call.write(event);
    if (this.faults.take('duplicateDeliveries')) this.call.write(event);
    this.faults.sent();
  };

  readonly drop = (): void => {
    this.end();
    this.call.emit('error', wireErrors.subscriptionDropped(this.group.source, this.group.name));
  };

  handle(request: Pb.ReadReq): void {
    const ack = request.getAck();
    if (ack) this.group.ack(this, ack.getIdsList().map(uuidText));
    const nack = request.getNack();
    if (nack) this.group.nack(this, nack.getIdsList().map(uuidText), actionOf(nack), nack.getReason());
  }

  end(): void {
    this.group.disconnect(this);
  }
}

function actionOf(nack: Pb.ReadReq.Nack): NackAction {
  const { PARK, SKIP, STOP } = persistent.ReadReq.Nack.Action;
  const action = nack.getAction();
  return action === PARK ? 'park' : action === SKIP ? 'skip' : action === STOP ? 'stop' : 'retry';
}
