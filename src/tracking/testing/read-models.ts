import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventCatalogue, PersonalData } from '../../core/index.js';
import { Ledger } from '../../ledger/index.js';
import { Projector, ReadModelFile, ReadModels } from '../../projection/index.js';
import { trackingEvents, trackingProjections } from '../index.js';

export type Tables = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

/** The room's read models over a log, taken in at any pace; readers see what has been taken in. */
export class TestReadModels {
  private readonly folder = mkdtempSync(join(tmpdir(), 'custody-tracking-'));
  private readonly file = ReadModelFile.create(join(this.folder, 'read-models.db'), trackingProjections);
  readonly models = new ReadModels(join(this.folder, 'read-models.db'));

  private readonly projector: Projector;

  /** `batch`: events a transaction, where it takes in more than one. */
  constructor(ledger: Ledger, personal: PersonalData, batch = 1000) {
    const context = { unseal: personal.unseal.bind(personal) };
    const catalogue = new EventCatalogue(trackingEvents);
    this.projector = new Projector({ ledger, catalogue, projections: trackingProjections, context, batch }, this.file);
  }

  async catchUp(): Promise<void> {
    await this.projector.catchUp();
  }

  tables(): Tables {
    const names = trackingProjections.flatMap(({ tables }) => tables);
    return Object.fromEntries(
      names.map((name) => {
        const rows = this.file.db.prepare<[], Readonly<Record<string, unknown>>>(`SELECT * FROM ${name}`).all();
        return [name, rows.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))];
      }),
    );
  }

  close(): void {
    void this.models.close();
    this.file.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
