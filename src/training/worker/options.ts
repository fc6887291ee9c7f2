import { createRequire } from 'node:module';
import { hostname } from 'node:os';
import { Clock, systemClock } from '../../core/index.js';

/** Structured progress lines; pino's loggers are such a thing. */
export interface TrainingLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export interface ResolvedOptions {
  /** Jobs at a time. */
  readonly concurrency: number;
  /** Attempts that may fail for a passing reason, or lose their worker, before a job is parked. */
  readonly maxRetries: number;
  /** What one training thread may use, in MiB. */
  readonly memoryMb: number;
  readonly log: TrainingLog;
  /** How the worker calls itself in the events of a job. */
  readonly worker: string;
  /** The version of the code that trains, as the run records it. */
  readonly codeVersion: string;
  /** How long a stop waits for jobs under way before it hands them back. */
  readonly stopMs: number;
  /** How long to wait before the n-th try (from 0) of what failed for a passing reason. */
  readonly backoffMs: (n: number) => number;
  readonly clock: Clock;
}

type Needed = 'concurrency' | 'maxRetries' | 'memoryMb' | 'log';
export type TrainingWorkerOptions = Pick<ResolvedOptions, Needed> & Partial<Omit<ResolvedOptions, Needed>>;

/** For dependency injection. */
export const TRAINING_WORKER = Symbol('training-worker-options');

/** One second, doubled each time, at most half a minute: a full disk or a lost server needs time to come back. */
const backoffMs = (n: number): number => Math.min(1000 * 2 ** Math.min(n, 5), 30_000);

export function resolveOptions(options: TrainingWorkerOptions): ResolvedOptions {
  const { version } = createRequire(import.meta.url)('../../../package.json') as { version: string };
  const worker = `${hostname()}-${process.pid}`;
  return { worker, codeVersion: version, stopMs: 5000, backoffMs, clock: systemClock, ...options };
}
