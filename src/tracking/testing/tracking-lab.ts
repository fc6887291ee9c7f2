import { CommandContext, CustodyError, ExperimentId, PersonalData, RecordedEvent, RunId } from '../../core/index.js';
import { AppendResult, ExpectedRevision, Ledger, LedgerUnavailable } from '../../ledger/index.js';
import { RoomLab } from '../../artifacts/testing/room-lab.js';
import {
  CreateExperiment,
  LogBatch,
  StartRun,
  StartRunInput,
  trackingEvents,
  TrackingModule,
  trackingProjections,
} from '../index.js';
import { TestSealing } from './sealing.js';

/** Lets the next append to a stream of this name fail, or one behind it, as if the process had died before it. */
class Faults {
  private prefix: string | undefined;
  private passing = 0;

  failNext(prefix: string, after = 0): void {
    this.prefix = prefix;
    this.passing = after;
  }

  around(inner: Ledger): Ledger {
    const append = async (
      stream: string,
      events: Parameters<Ledger['append']>[1],
      expected: ExpectedRevision,
    ): Promise<AppendResult> => {
      if (this.prefix !== undefined && stream.startsWith(this.prefix) && this.passing-- === 0) {
        this.prefix = undefined;
        throw new LedgerUnavailable('the process died', 'io');
      }
      return inner.append(stream, events, expected);
    };
    return new Proxy(inner, {
      get: (target, name) => {
        if (name === 'append') return append;
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  }
}

/** The room with its real handlers and controllers, over a memory ledger. */
export class TrackingLab {
  readonly personal = new TestSealing();
  readonly faults = new Faults();
  room!: RoomLab;

  static async open(): Promise<TrackingLab> {
    const lab = new TrackingLab();
    lab.room = await RoomLab.open({
      modules: [TrackingModule],
      events: trackingEvents,
      projections: trackingProjections,
      providers: [{ provide: PersonalData, useValue: lab.personal }],
      ledger: (inner) => lab.faults.around(inner),
    });
    return lab;
  }

  context(more: Partial<CommandContext> = {}): CommandContext {
    return this.room.context(more);
  }

  async experiment(name = 'LIMS'): Promise<ExperimentId> {
    const { experimentId } = await this.room.commands.execute(new CreateExperiment(this.context(), { name }));
    return experimentId;
  }

  async run(experimentId: ExperimentId, more: Partial<StartRunInput> = {}): Promise<RunId> {
    const { runId } = await this.room.commands.execute(new StartRun(this.context(), { experimentId, ...more }));
    return runId;
  }

  log(runId: RunId, batch: Omit<LogBatch['input'], 'runId'>): Promise<void> {
    return this.room.commands.execute(new LogBatch(this.context(), { runId, ...batch }));
  }

  async events(): Promise<readonly RecordedEvent[]> {
    return this.room.ledger.readAll({ limit: 100_000 });
  }

  async types(stream?: string): Promise<readonly string[]> {
    return (await this.events())
      .filter((event) => stream === undefined || event.stream === stream)
      .map(({ type }) => type);
  }

  /** Over HTTP, as a client sends it; reads see all that was written before. */
  async call(method: 'GET' | 'POST', path: string, body?: object): Promise<{ status: number; body: unknown }> {
    await this.room.projector.catchUp();
    const answer = await this.room.app.inject({
      method,
      url: `/api/2.0/mlflow/${path}`,
      ...(body === undefined ? {} : { payload: body }),
    });
    return { status: answer.statusCode, body: answer.json<unknown>() };
  }

  close(): Promise<void> {
    return this.room.close();
  }
}

export const refusalOf = async (promise: Promise<unknown>): Promise<{ kind: string; code: string } | undefined> =>
  promise.then(
    () => undefined,
    (error: unknown) => {
      if (!(error instanceof CustodyError)) throw error;
      return { kind: error.kind, code: error.code };
    },
  );
