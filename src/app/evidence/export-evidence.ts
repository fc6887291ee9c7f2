import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ArtifactStore } from '../../artifacts/index.js';
import { CustodyError, errors, Position, RecordedEvent, START, systemClock } from '../../core/index.js';
import { BundleContent, FolderSink, Manifest, TarSink, writeBundle } from '../../evidence/bundle/index.js';
import { LedgerCorrupted, Traffic } from '../../ledger/index.js';
import { LogFile } from '../../ledger/sqlite/index.js';
import { Settings } from '../config/settings.js';
import { isFileLedger, layout } from '../layout.js';
import { openArtifacts } from '../open-artifacts.js';
import { openLedger } from '../open-ledger.js';
import { digestsIn } from './digests-in.js';
import { readKeptEvidence } from './kept-evidence.js';

export interface EvidenceExport {
  /** A folder, or a file whose name ends with .tar. */
  readonly target: string;
  readonly withArtifacts: boolean;
  readonly onProgress: (done: number, of: number) => void;
}

/** Reads the log and writes a bundle up to its latest signed checkpoint, also while a server goes on writing. */
export async function exportEvidence(settings: Settings, how: EvidenceExport): Promise<Manifest> {
  const kept = readKeptEvidence(join(settings.data, 'evidence'));
  if (!kept || kept.checkpoints.length === 0) {
    const way = 'custody serve signs one when it starts, on schedule and when it stops';
    throw errors.state('no-checkpoint', `nothing was signed yet in ${settings.data}: ${way}`);
  }
  const artifacts = how.withArtifacts ? await openArtifacts(settings, layout(settings).artifacts) : undefined;
  const log = await openEvents(settings);
  const sink = await (how.target.endsWith('.tar') ? TarSink : FolderSink).create(how.target);
  try {
    const content: BundleContent = {
      origin: kept.origin,
      keys: kept.keys,
      checkpoints: kept.checkpoints.map(({ note }) => note.toString('utf8')),
      events: log.pages,
      onProgress: how.onProgress,
      ...(artifacts && { artifacts: { digestsIn, open: (sha256) => openStored(artifacts, sha256) } }),
    };
    const manifest = await writeBundle(sink, content);
    await sink.finish();
    return manifest;
  } catch (error) {
    await sink.abandon();
    throw error;
  } finally {
    await log.close();
    artifacts?.close();
    kept.close();
  }
}

/** What is damaged or gone is left out of the bundle; whoever verifies it is told so. */
async function openStored(store: ArtifactStore, sha256: string): Promise<AsyncIterable<Uint8Array> | undefined> {
  try {
    return await store.open(sha256);
  } catch (error) {
    if (error instanceof CustodyError && error.kind === 'lost') return undefined;
    throw error;
  }
}

async function openEvents(settings: Settings) {
  if (isFileLedger(settings)) {
    const { log } = layout(settings);
    if (!existsSync(log)) throw errors.state('no-log', `there is no log at ${log}: is --data right?`);
    const file = LogFile.open(log);
    return { pages: eventsOf(file), close: async () => file.close() };
  }
  const ledger = await openLedger(settings, systemClock, new Traffic());
  async function* pages(): AsyncGenerator<readonly RecordedEvent[]> {
    for (let from: Position = START; ;) {
      const page = await ledger.readAll({ from });
      if (page.length === 0) return;
      yield page;
      from = page.at(-1)!.position;
    }
  }
  return { pages: pages(), close: () => ledger.close() };
}

async function* eventsOf(file: LogFile): AsyncGenerator<readonly RecordedEvent[]> {
  for (const page of file.pages()) {
    yield page.map(({ event, position, problem }) => {
      if (!event) throw new LedgerCorrupted(`event ${position} can't be read: ${problem ?? ''}`);
      return event;
    });
  }
}
