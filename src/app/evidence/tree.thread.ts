import { parentPort, workerData } from 'node:worker_threads';
import { mkdirSync } from 'node:fs';
import { systemClock } from '../../core/index.js';
import { CheckpointStore, evidenceFiles, TreeFollower } from '../../evidence/tree/index.js';
import { LedgerUnavailable, Traffic } from '../../ledger/index.js';
import { Settings } from '../config/settings.js';
import { DataFolderLock } from '../data-folder-lock.js';
import { layout } from '../layout.js';
import { openLedger } from '../open-ledger.js';
import type { FromTree, ToTree } from './evidence-host.js';

/** The tree may be a little behind; in larger batches it costs less. */
const PAUSE_MS = 250;
const STALLED_MS = 1000;

const port = parentPort!;
const tell = (message: FromTree) => port.postMessage(message);

let stopping = false;
let rebuild: string | undefined;
let wake: () => void = () => undefined;
port.on('message', (message: ToTree) => {
  if (message.kind === 'stop') stopping = true;
  if (message.kind === 'rebuild') rebuild = message.why;
  wake();
});

try {
  await run(workerData as Settings);
} catch (error) {
  tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
}
port.close();

async function run(settings: Settings): Promise<void> {
  const folder = layout(settings).evidence;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Servers that share a folder share the tree: one of them makes it grow.
  const turn = await takeTurn(folder);
  if (!turn) return;
  const ledger = await openLedger(settings, systemClock, new Traffic());
  const files = evidenceFiles(folder);
  const checkpoints = CheckpointStore.open(files.checkpoints);
  const follower = new TreeFollower({
    ledger,
    file: files.tree,
    signedBeyond: (size) => checkpoints.signedBeyond(size),
    onMismatch: (mismatch) => tell({ kind: 'mismatch', ...mismatch }),
    onRebuild: (why) => tell({ kind: 'rebuilding', why }),
  });
  try {
    while (!stopping) await step(follower);
    // Once more: what was appended until the server stopped taking requests is signed at shutdown.
    await follower.catchUp();
  } finally {
    follower.close();
    checkpoints.close();
    await ledger.close();
    turn.release();
  }
}

async function step(follower: TreeFollower): Promise<void> {
  try {
    const why = rebuild;
    rebuild = undefined;
    if (why !== undefined) await follower.rebuild(why);
    await follower.catchUp();
    await follower.scrub();
    await pause(PAUSE_MS);
  } catch (error) {
    // A full disk gets room again and a server comes back; what can't be understood stays so.
    const code = (error as { code?: string }).code ?? '';
    if (!(error instanceof LedgerUnavailable) && !/^SQLITE_(FULL|IOERR|BUSY|READONLY|LOCKED)/.test(code)) throw error;
    tell({ kind: 'stalled', message: (error as Error).message });
    await pause(STALLED_MS);
  }
}

async function takeTurn(folder: string): Promise<DataFolderLock | undefined> {
  while (!stopping) {
    const lock = DataFolderLock.exclusive(folder, 'follower.lock');
    if (lock) return lock;
    await pause(STALLED_MS);
  }
  return undefined;
}

async function pause(ms: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    wake = () => {
      clearTimeout(timer);
      resolve();
    };
    if (stopping || rebuild !== undefined) wake();
  });
}
