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

  constructor(
    private readonly ledger: Ledger,
    private readonly personal: PersonalData,
  ) {}

  async catchUp(batch = 1000): Promise<void> {
    const context = { unseal: this.personal.unseal.bind(this.personal) };
    const catalogue = new EventCatalogue(trackingEvents);
    const options = { ledger: this.ledger, catalogue, projections: trackingProjections, context, batch };
    await new Projector(options, this.file).catchUp();
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
    this.models.close();
    this.file.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
