import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { derivedId, errors, EventId, Position, systemClock, systemContext } from '../../core/index.js';
import {
  Contradiction,
  EvidenceLog,
  EvidenceService,
  OutsideStatus,
  LogMismatchFound,
  EVIDENCE_STREAM,
  Mismatch,
} from '../../evidence/index.js';
import { Foundation } from '../foundation.js';
import { layout } from '../layout.js';
import { CheckpointsOutside } from './checkpoints-outside.js';
import { ProjectionLog } from '../projection/projection-host.js';

export type FromTree =
  | { readonly kind: 'integrated'; readonly position: Position }
  | { readonly kind: 'rebuilding'; readonly why: string }
  | ({ readonly kind: 'mismatch' } & Mismatch)
  | { readonly kind: 'stalled'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string };
export type ToTree =
  { readonly kind: 'poke' } | { readonly kind: 'stop' } | { readonly kind: 'rebuild'; readonly why: string };

const STOP_MS = 10_000;
const LOOK_MS = 10;
/** A contradiction that a new tree does not mend is told once; to build again and again would only cost. */
const REBUILD_AGAIN_MS = 3_600_000;

/** It holds one batch of events at a time: more new space is memory that the server has no use for. */
const resourceLimits = { maxYoungGenerationSizeMb: 4 };

/**
 * The tree of the log in a thread of its own, and the checkpoints of it: on a schedule while the log
 * grows, on demand, and at shutdown. Writes wait for none of it.
 */
export class EvidenceHost extends EvidenceService {
  readonly log: EvidenceLog;
  problem: string | undefined;
  private readonly elsewhere: CheckpointsOutside;
  private readonly thread: Worker;
  private readonly schedule: NodeJS.Timeout | undefined;
  private rebuiltAt = -Infinity;
  private ended = false;

  constructor(
    private readonly foundation: Foundation,
    private readonly logger: ProjectionLog,
  ) {
    super();
    const { settings, ledger } = foundation;
    const places = layout(settings);
    this.log = new EvidenceLog({
      ledger,
      folder: places.evidence,
      keys: { file: places.logKey, setting: settings.logKey, origin: settings.logOrigin },
      clock: systemClock,
      onDamage: (problem) => this.rebuild(problem),
    });
    this.elsewhere = this.outsideOf(logger);
    if (this.log.keys.problem !== undefined) logger.error(`no checkpoints are signed: ${this.log.keys.problem}`);
    this.thread = new Worker(new URL('./tree.thread.js', import.meta.url), { workerData: settings, resourceLimits });
    this.thread.on('message', (message: FromTree) => this.receive(message));
    this.thread.on('error', (error: Error) => this.stopped(error.message));
    this.thread.on('exit', () => (this.ended = true));
    const ms = settings.checkpointSeconds * 1000;
    if (ms > 0) this.schedule = setInterval(() => this.issueIfGrown(), ms).unref();
  }

  async reached(position: Position): Promise<void> {
    const until = performance.now() + this.foundation.settings.readWaitMs;
    this.tell({ kind: 'poke' });
    while (this.log.integrated.position < position) {
      if (this.ended || performance.now() > until)
        throw errors.unavailable(
          'evidence-lags',
          'the tree of the log does not include this yet; try again in a moment',
          undefined,
          1,
        );
      await sleep(LOOK_MS);
    }
  }

  /** Takes in what the log has, signs it, and closes. */
  async stop(): Promise<void> {
    clearInterval(this.schedule);
    if (!this.ended) {
      const gone = new Promise((resolve) => this.thread.once('exit', resolve));
      this.tell({ kind: 'stop' });
      const timer = setTimeout(() => void this.thread.terminate(), STOP_MS);
      await gone;
      clearTimeout(timer);
    }
    this.issueIfGrown();
    await this.elsewhere.stop();
    this.log.close();
  }

  outside(): OutsideStatus {
    return this.elsewhere.status();
  }

  /** A wrong policy ends the start: a log that is thought to be witnessed and is not would be worse. */
  private outsideOf(logger: ProjectionLog): CheckpointsOutside {
    try {
      const told = (found: Contradiction) => this.contradicted(found);
      return new CheckpointsOutside(this.foundation.settings, this.log, logger, told);
    } catch (error) {
      this.log.close();
      throw error;
    }
  }

  /** Once for each witness: what it says of every later checkpoint would make the log grow for ever. */
  private contradicted({ witness, size, words }: Contradiction): void {
    this.alarm(words);
    const key = derivedId('witness-contradicts', this.log.origin, witness) as EventId;
    void this.record({ size, problem: words }, key, 'a witness refused a checkpoint');
  }

  private issueIfGrown(): void {
    if (this.log.keys.problem !== undefined) return;
    try {
      if (this.log.integrated.size > (this.log.checkpoints.latest()?.size ?? 0)) this.log.issue();
    } catch (error) {
      this.alarm(`no checkpoint was signed: ${(error as Error).message}`);
    }
  }

  private receive(message: FromTree): void {
    switch (message.kind) {
      case 'integrated':
        return;
      case 'rebuilding':
        return this.logger.info(`${message.why}: building the tree of the log again`);
      case 'mismatch':
        this.alarm(message.problem);
        return void this.record(message);
      case 'stalled':
        return this.logger.error(`the tree of the log waits: ${message.message}`);
      case 'failed':
        return this.stopped(message.message);
    }
  }

  /** Once for each size, also over restarts; what can't be written is in the server's own log. */
  private async record(
    { size, problem }: Mismatch,
    idempotencyKey = derivedId('log-mismatch', this.log.origin, size) as EventId,
    reason = 'the tree was compared with the checkpoints',
  ): Promise<void> {
    const data = { origin: this.log.origin, size, problem };
    const found: LogMismatchFound = { type: 'LogMismatchFound', data };
    const context = systemContext(systemClock.now(), reason, { idempotencyKey });
    await this.foundation.decisions.record(EVIDENCE_STREAM, [found], context).catch((error: unknown) => {
      this.logger.error(`the mismatch can't be recorded: ${(error as Error).message}`);
    });
  }

  private rebuild(why: string): void {
    this.alarm(why);
    if (performance.now() - this.rebuiltAt < REBUILD_AGAIN_MS) return;
    this.rebuiltAt = performance.now();
    this.tell({ kind: 'rebuild', why });
  }

  private alarm(problem: string): void {
    if (this.problem !== problem) this.logger.error(`the evidence of the log: ${problem}`);
    this.problem = problem;
  }

  private stopped(message: string): void {
    this.ended = true;
    this.alarm(`the tree no longer follows the log: ${message}`);
  }

  private tell(message: ToTree): void {
    if (!this.ended) this.thread.postMessage(message);
  }
}
