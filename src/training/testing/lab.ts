import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamicModule, Global, Module } from '@nestjs/common';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { Test, TestingModule } from '@nestjs/testing';
import { artifactsEvents, ArtifactStore, DiskArtifactStore } from '../../artifacts/index.js';
import {
  Actor,
  Bookmark,
  CommandContext,
  EventCatalogue,
  FixedClock,
  PersonalData,
  RecordedEvent,
  Sealed,
} from '../../core/index.js';
import { DecisionMaker, Ledger, LEDGER } from '../../ledger/index.js';
import { MemoryLedger } from '../../ledger/memory/index.js';
import { registryEvents } from '../../registry/index.js';
import { RegisterDataset, trackingEvents } from '../../tracking/index.js';
import { PrepareTraining } from '../commands/request-training/prepare-training.js';
import { RequestTraining, RequestTrainingInput } from '../commands/request-training/request-training.command.js';
import { RequestTrainingHandler } from '../commands/request-training/request-training.handler.js';
import { ResumeTrainingHandler } from '../commands/resume-training/resume-training.handler.js';
import { limsCsv } from '../engine/index.js';
import { jobEvents } from '../job/catalogue.js';
import { jobDecider, jobStream } from '../job/decide.js';
import type { JobEvent } from '../job/events.js';
import { JobState } from '../job/state.js';
import { TrainingWorkerModule } from '../training-worker.module.js';
import { TrainingLog, TrainingWorkerOptions } from '../worker/options.js';
import { Trainer } from '../worker/trainer.js';
import { TrainingWorker } from '../worker/training-worker.js';

/** Enough to train on, and quick. */
export const SAMPLES = Buffer.from(limsCsv({ count: 60, seed: 7, contamination: 0.3 }));
export const QUICK = { n_estimators: 3, max_depth: 3 } as const;

export const catalogue = new EventCatalogue(trackingEvents, artifactsEvents, registryEvents, jobEvents);

export const silent: TrainingLog = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** What a process has of its own; the log and the artifacts are shared. */
export interface ProcessOptions extends Partial<TrainingWorkerOptions> {
  readonly ledger?: (shared: Ledger) => Ledger;
  readonly store?: (shared: ArtifactStore) => ArtifactStore;
  readonly trainer?: Trainer;
}

/** One log, one artifact store, and any number of processes over them, one after the other or at once. */
export class Lab implements AsyncDisposable {
  readonly clock = new FixedClock();
  readonly ledger = new MemoryLedger(this.clock);
  readonly store: ArtifactStore;
  private readonly processes: TestingModule[] = [];

  private constructor(private readonly dir: string) {
    this.store = new DiskArtifactStore(join(dir, 'artifacts'));
  }

  static async open(): Promise<Lab> {
    return new Lab(await mkdtemp(join(tmpdir(), 'custody-training-')));
  }

  async process(options: ProcessOptions = {}): Promise<LabProcess> {
    const { ledger = same, store = same, trainer, ...worker } = options;
    const foundation = [
      { provide: LEDGER, useValue: ledger(this.ledger) },
      { provide: EventCatalogue, useValue: catalogue },
      { provide: ArtifactStore, useValue: store(this.store) },
      { provide: PersonalData, useValue: new LabPersonalData() },
      {
        provide: DecisionMaker,
        inject: [LEDGER],
        useFactory: (log: Ledger) => new DecisionMaker(log, catalogue),
      },
    ];
    const building = Test.createTestingModule({
      imports: [LabFoundation.of(foundation), TrainingWorkerModule.forRoot({ ...this.workerOptions, ...worker })],
      providers: [PrepareTraining, RequestTrainingHandler, ResumeTrainingHandler],
    });
    const module = await (trainer ? building.overrideProvider(Trainer).useValue(trainer) : building).compile();
    await module.init();
    this.processes.push(module);
    return new LabProcess(module, this.clock);
  }

  /** The events of a stream, upcast, as far as they are there now. */
  async stream(name: string): Promise<readonly RecordedEvent[]> {
    return this.ledger.read(name);
  }

  async all(): Promise<readonly RecordedEvent[]> {
    return this.ledger.readAll({ limit: 100_000 });
  }

  async job(jobId: string): Promise<JobState> {
    const events = (await this.stream(jobStream(jobId))) as unknown as readonly JobEvent[];
    return events.reduce(jobDecider.evolve, jobDecider.initial);
  }

  /** Resolves once the log holds the n-th event of this type. */
  async until(type: string, count = 1): Promise<void> {
    let seen = 0;
    for await (const message of this.ledger.subscribe()) {
      if (message.kind === 'events') seen += message.events.filter((event) => event.type === type).length;
      if (seen >= count) return;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const module of this.processes) await module.close();
    await this.ledger.close();
    await rm(this.dir, { recursive: true, force: true });
  }

  private get workerOptions(): TrainingWorkerOptions {
    const steady = { worker: 'lab', codeVersion: '0.0.0-test', stopMs: 60_000, backoffMs: () => 0, clock: this.clock };
    return { concurrency: 1, maxRetries: 2, memoryMb: 256, log: silent, ...steady };
  }
}

export class LabProcess {
  readonly commands: CommandBus;
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    private readonly module: TestingModule,
    private readonly clock: FixedClock,
  ) {
    this.commands = module.get(CommandBus, { strict: false });
  }

  get<T>(token: abstract new (...args: never[]) => T): T {
    return this.module.get<T>(token, { strict: false });
  }

  context(more: Partial<CommandContext> = {}): CommandContext {
    const base = { origin: { requestId: 'request-1' }, correlationId: 'correlation-1', reason: 'weekly retraining' };
    return { actor: ANALYST, ...base, now: this.clock.now(), bookmark: new Bookmark(), ...more };
  }

  async registerDataset(body = SAMPLES, name = 'LIMS_Synthetic_v1'): Promise<string> {
    return (await this.commands.execute(new RegisterDataset(this.context(), { name, body }))).datasetId;
  }

  request(input: Partial<RequestTrainingInput> & { readonly datasetId: string }, context = this.context()) {
    const usual = { experimentName: 'LIMS_Contamination', modelName: 'lims_contamination_detector', parameters: QUICK };
    return this.commands.execute(new RequestTraining(context, { ...usual, ...input }));
  }

  work(): void {
    this.running = this.get(TrainingWorker).run(this.stopping.signal);
    // Whoever asks for `done` gets the rejection.
    this.running.catch(() => undefined);
  }

  /** Tells the worker to stop, as a signal to its process would. */
  interrupt(): void {
    this.stopping.abort();
  }

  async done(): Promise<void> {
    await this.running;
  }

  async stop(): Promise<void> {
    this.interrupt();
    await this.done();
  }
}

export const ANALYST: Actor = { id: 'u-analyst' as Actor['id'], kind: 'person', roles: ['analyst'], via: 'token' };

const same = <T>(shared: T): T => shared;

/** Keeps what it seals in the box: these tests are about training. */
class LabPersonalData extends PersonalData {
  seal(subject: string, plain: string): Sealed {
    return { subject, box: `v1.${Buffer.from(plain).toString('base64url')}` };
  }
  unseal({ box }: Sealed): string {
    return Buffer.from(box.slice(3), 'base64url').toString();
  }
}

@Global()
@Module({})
class LabFoundation {
  static of(providers: NonNullable<DynamicModule['providers']>): DynamicModule {
    const exports = providers.map((provider) => (provider as { provide: symbol }).provide);
    return {
      module: LabFoundation,
      imports: [CqrsModule.forRoot()],
      providers,
      exports: [...exports, CqrsModule],
    };
  }
}
