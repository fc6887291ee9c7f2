import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ArtifactStore, PartialUploads, ReportingArtifactStore } from '../artifacts/index.js';
import { EventCatalogue, systemClock } from '../core/index.js';
import { Keystore } from '../identity/index.js';
import { DecisionMaker, Ledger, LedgerCorrupted, Traffic } from '../ledger/index.js';
import { ProjectorOptions } from '../projection/index.js';
import { ERASING_EVENTS, EVENTS, PROJECTIONS } from './catalogue.js';
import { Settings } from './config/settings.js';
import { prepareDataFolder, UnusablePath } from './data-folder.js';
import { isFileLedger, layout, RESTORING } from './layout.js';
import { openArtifacts } from './open-artifacts.js';
import { openLedger } from './open-ledger.js';
import { withMasterKey } from './with-master-key.js';

/** What every process of Custody stands on: the log, the keys, the artifacts, and deciding over them. */
export interface Foundation {
  readonly settings: Settings;
  readonly ledger: Ledger;
  readonly catalogue: EventCatalogue;
  readonly keystore: Keystore;
  readonly artifacts: ArtifactStore;
  readonly uploads: PartialUploads;
  readonly decisions: DecisionMaker;
  readonly projectorOptions: ProjectorOptions;
  /** What this process has appended. */
  readonly traffic: Traffic;
  close(): Promise<void>;
}

/** Read models without their log: it was deleted or moved. A new, empty one would hide that. */
function assertLogIsThere(settings: Settings, { log, readModels }: ReturnType<typeof layout>): void {
  if (!isFileLedger(settings) || existsSync(log) || !existsSync(readModels)) return;
  const way = 'put it back from a backup, or start on an empty folder';
  throw new LedgerCorrupted(`there is no log at ${log}, although read models of one lie beside it: ${way}`);
}

/** A server on half of a backup would begin a new log beside it. */
function assertNotRestoring(data: string): void {
  if (!existsSync(join(data, RESTORING))) return;
  const way = 'run custody restore again, to its end';
  throw new UnusablePath(`a restore into ${data} is under way, or was interrupted: ${way}`);
}

export async function openFoundation(given: Settings): Promise<Foundation> {
  const places = layout(given);
  assertNotRestoring(given.data);
  assertLogIsThere(given, places);
  prepareDataFolder(given.data);
  const settings = await withMasterKey(given);
  const traffic = new Traffic();
  const ledger = await openLedger(settings, systemClock, traffic);
  try {
    const catalogue = new EventCatalogue(...EVENTS);
    const keystore = Keystore.open(places.keys, settings.masterKey);
    const decisions = new DecisionMaker(ledger, catalogue);
    const store = await openArtifacts(settings, places.artifacts);
    const artifacts = new ReportingArtifactStore(store, decisions, systemClock);
    const projectorOptions = {
      ledger,
      catalogue,
      projections: PROJECTIONS,
      erasing: ERASING_EVENTS,
      context: { unseal: (sealed: Parameters<Keystore['unseal']>[0]) => keystore.unseal(sealed) },
    };
    const uploads = new PartialUploads(places.artifacts, {
      maxBytes: settings.maxArtifactBytes,
      maxOpen: settings.maxOpenUploads,
      maxStagedBytes: settings.maxStagedBytes,
      maxAgeMs: settings.uploadMaxAgeHours * 3_600_000,
      clock: systemClock,
    });
    const close = async () => {
      uploads.close();
      artifacts.close();
      await ledger.close();
      keystore.close();
    };
    return {
      settings,
      ledger,
      catalogue,
      keystore,
      artifacts,
      uploads,
      decisions,
      projectorOptions,
      traffic,
      close,
    };
  } catch (error) {
    await ledger.close();
    throw error;
  }
}
