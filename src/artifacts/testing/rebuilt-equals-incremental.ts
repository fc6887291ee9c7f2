import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { EventCatalogue, EventDefinition } from '../../core/index.js';
import { Ledger } from '../../ledger/index.js';
import { Projection, Projector, ReadModelFile } from '../../projection/index.js';

export interface Rebuilding {
  readonly ledger: Ledger;
  readonly events: readonly EventDefinition[];
  readonly projections: readonly Projection[];
}

export type Tables = Readonly<Record<string, readonly object[]>>;

/** Read models that follow a log step by step, to be held against ones built from it at once. */
export class Following {
  private readonly folder = mkdtempSync(join(tmpdir(), 'custody-rebuild-'));
  private readonly file: ReadModelFile;
  private readonly projector: Projector;

  constructor(private readonly options: Rebuilding) {
    this.file = ReadModelFile.create(join(this.folder, 'incremental.db'), options.projections);
    this.projector = this.over(this.file, 2);
  }

  async follow(): Promise<void> {
    await this.projector.catchUp();
  }

  /** Answers the tables' rows, once both ways have led to the same. */
  async expectSameAsRebuilt(): Promise<Tables> {
    await this.follow();
    const rebuilt = ReadModelFile.create(join(this.folder, 'rebuilt.db'), this.options.projections);
    await this.over(rebuilt, 2000).catchUp();
    const tables = this.rows(this.file);
    expect(tables).toEqual(this.rows(rebuilt));
    rebuilt.close();
    return tables;
  }

  close(): void {
    this.file.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private over(file: ReadModelFile, batch: number): Projector {
    const { ledger, events, projections } = this.options;
    const context = { unseal: () => undefined };
    return new Projector({ ledger, catalogue: new EventCatalogue(events), projections, context, batch }, file);
  }

  private rows({ db }: ReadModelFile): Tables {
    const names = this.options.projections.flatMap(({ tables }) => tables);
    return Object.fromEntries(
      names.map((name) => {
        const rows = db.prepare<[], object>(`SELECT * FROM ${name}`).all();
        return [name, rows.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))];
      }),
    );
  }
}
