import { parentPort, workerData } from 'node:worker_threads';
import { CustodyError, Refusal } from '../../core/index.js';
import { TrainingInput, TrainingOutput, TrainingProgress, trainOnCsv } from './train.js';

/** What the thread says: progress any number of times, then one of the others, then it ends. */
export type ThreadMessage =
  | { readonly kind: 'progress'; readonly progress: TrainingProgress }
  | { readonly kind: 'trained'; readonly output: TrainingOutput }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

const say = (message: ThreadMessage) => parentPort?.postMessage(message);

// Any other error is left to end the thread: its `error` event carries it.
try {
  const output = trainOnCsv(workerData as TrainingInput, (progress) => say({ kind: 'progress', progress }));
  say({ kind: 'trained', output });
} catch (error) {
  if (!(error instanceof CustodyError)) throw error;
  const { kind, code, message, field } = error;
  say({ kind: 'refused', refusal: { kind, code, message, ...(field !== undefined && { field }) } });
}
