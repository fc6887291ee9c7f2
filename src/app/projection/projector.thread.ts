import { parentPort, workerData } from 'node:worker_threads';
import { Position, UnknownEvent } from '../../core/index.js';
import { LedgerCorrupted, LedgerUnavailable } from '../../ledger/index.js';
import { Projector } from '../../projection/index.js';
import { Settings } from '../config/settings.js';
import { openFoundation } from '../foundation.js';
import { isFileLedger } from '../layout.js';
import { dropGarbage } from '../lean-start.js';
import { openReadModels } from './open-read-models.js';
import type { ToHost, ToThread } from './projection-host.js';

/** Idle for at most this long before looking at the log again: other processes write to it too. */
const PAUSE_MS = 20;
/** How long to wait before trying again what failed for a passing reason. */
const STALLED_MS = 500;

const port = parentPort!;
const tell = (message: ToHost) => port.postMessage(message);

const stopping = new AbortController();
let stalled = false;
let wake: () => void = () => undefined;
port.on('message', (message: ToThread) => {
  if (message.kind === 'stop') stopping.abort();
  wake();
});

try {
  await run(workerData as Settings);
} catch (error) {
  const damaged = error instanceof LedgerCorrupted || error instanceof UnknownEvent;
  tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error), damaged });
}
port.close();

async function run(settings: Settings): Promise<void> {
  const foundation = await openFoundation(settings);
  const target = await openReadModels(settings, foundation, (why) => tell({ kind: 'rebuilding', why }));
  const projector = new Projector(foundation.projectorOptions, target);
  try {
    await start(projector, await foundation.ledger.head());
    dropGarbage();
    projector.onProgress((checkpoint) => tell({ kind: 'checkpoint', checkpoint }));
    // A log in a file is looked at, in batches as large as the pause makes them; a server pushes.
    const follow = () => (isFileLedger(settings) ? poll(projector) : projector.follow(stopping.signal));
    while (!stopping.signal.aborted) await follow().catch(waitOrGiveUp);
  } finally {
    target.close();
    await foundation.close();
  }
}

/** A full disk gets room again and a server comes back; an event that can't be understood stays so. */
async function waitOrGiveUp(error: unknown): Promise<void> {
  if (stopping.signal.aborted) return;
  const code = (error as { code?: string }).code ?? '';
  if (!(error instanceof LedgerUnavailable) && !/^SQLITE_(FULL|IOERR|BUSY|READONLY|CANTOPEN|LOCKED)/.test(code))
    throw error;
  stalled = true;
  tell({ kind: 'stalled', message: error instanceof Error ? error.message : String(error) });
  await new Promise<void>((resolve) => {
    wake = resolve;
    setTimeout(resolve, STALLED_MS);
  });
}

async function poll(projector: Projector): Promise<void> {
  while (!stopping.signal.aborted) {
    await new Promise<void>((resolve) => {
      wake = resolve;
      setTimeout(resolve, PAUSE_MS);
    });
    const before = projector.checkpoint;
    await projector.catchUp(undefined, stopping.signal);
    if (stalled && projector.checkpoint === before) tell({ kind: 'checkpoint', checkpoint: before });
    stalled = false;
  }
}

async function start(projector: Projector, head: Position): Promise<void> {
  let told = Date.now();
  await projector.catchUp((checkpoint) => {
    if (Date.now() - told < 1000) return;
    told = Date.now();
    tell({ kind: 'progress', checkpoint, head });
  }, stopping.signal);
  tell({ kind: 'caught-up', checkpoint: projector.checkpoint });
}
