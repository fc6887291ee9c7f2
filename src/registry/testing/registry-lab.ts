import { CommandContext, CustodyError, ExperimentId, RunId } from '../../core/index.js';
import { AccessPolicy } from '../../http/index.js';
import { AppendResult, ExpectedRevision, Ledger, LedgerUnavailable } from '../../ledger/index.js';
import { ArtifactsModule, artifactsEvents } from '../../artifacts/index.js';
import { RoomLab, RUN, TestPolicy } from '../../artifacts/testing/room-lab.js';
import {
  CreateModelVersion,
  CreateModelVersionInput,
  KnownLoggedModel,
  LoggedModels,
  registryEvents,
  RegistryModule,
  registryProjections,
  RegisterModel,
  TransitionStage,
} from '../index.js';

export { TestPolicy };

export const LOGGED = `m-${'a1'.repeat(16)}`;

/** One logged model, and what it was told. */
export class TestLoggedModels extends LoggedModels {
  /** What a run is asked for by any name. */
  named: string | undefined;
  readonly noted: [string, { name: string; version: number }][] = [];
  async find(id: string): Promise<KnownLoggedModel | undefined> {
    if (id !== LOGGED) return undefined;
    return {
      experimentId: '1' as ExperimentId,
      artifactUri: `mlflow-artifacts:/1/models/${LOGGED}/artifacts`,
      sourceRunId: RUN as RunId,
      params: [['trees', '100']],
      metrics: [{ key: 'f1', value: 0.93, timestamp: 1767603600000, step: 0 }],
    };
  }
  async ofRun(): Promise<string | undefined> {
    return this.named;
  }
  async noteVersion(
    _context: CommandContext,
    id: string,
    { name, version }: { name: string; version: number },
  ): Promise<void> {
    this.noted.push([id, { name, version }]);
  }
}

/** Fails the appends that it is told to: before they reach the log, or after. */
export class FlakyLedger {
  private readonly plans: ('pass' | 'before' | 'after')[] = [];

  plan(...steps: ('pass' | 'before' | 'after')[]): void {
    this.plans.push(...steps);
  }

  around(inner: Ledger): Ledger {
    const append = async (
      stream: string,
      events: Parameters<Ledger['append']>[1],
      expected: ExpectedRevision,
    ): Promise<AppendResult> => {
      const step = this.plans.shift() ?? 'pass';
      if (step === 'before') throw new LedgerUnavailable('the process died before the append', 'io');
      const result = await inner.append(stream, events, expected);
      if (step === 'after') throw new LedgerUnavailable('the process died after the append', 'io');
      return result;
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

export class RegistryLab {
  readonly policy = new TestPolicy();
  readonly loggedModels = new TestLoggedModels();
  readonly faults = new FlakyLedger();
  room!: RoomLab;

  /** @param withLoggedModels false where no room keeps them */
  static async open(withLoggedModels = true): Promise<RegistryLab> {
    const lab = new RegistryLab();
    lab.room = await RoomLab.open({
      modules: [RegistryModule, ArtifactsModule],
      events: [...registryEvents, ...artifactsEvents],
      projections: registryProjections,
      providers: [
        { provide: AccessPolicy, useValue: lab.policy },
        ...(withLoggedModels ? [{ provide: LoggedModels, useValue: lab.loggedModels }] : []),
      ],
      ledger: (inner) => lab.faults.around(inner),
    });
    lab.room.runs.runs.set(LOGGED, { experimentId: '1' as ExperimentId, active: true });
    return lab;
  }

  register(name: string, more: Partial<CommandContext> = {}) {
    return this.room.commands.execute(new RegisterModel(this.room.context(more), { name }));
  }

  version(name: string, more: Partial<CreateModelVersionInput> = {}, context: Partial<CommandContext> = {}) {
    return this.room.commands.execute(
      new CreateModelVersion(this.room.context(context), { name, source: `runs:/${RUN}/model`, ...more }),
    );
  }

  move(name: string, version: number, stage: string, archiveExisting = true) {
    return this.room.commands.execute(
      new TransitionStage(this.room.context(), { name, version, stage, archiveExisting }),
    );
  }

  async types(): Promise<readonly string[]> {
    return (await this.room.events()).map(({ type }) => type);
  }

  close(): Promise<void> {
    return this.room.close();
  }
}

export const codeOf = async (promise: Promise<unknown>): Promise<string | undefined> =>
  promise.then(
    () => undefined,
    (error: unknown) => (error instanceof CustodyError ? error.code : (error as Error).name),
  );
