import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import {
  EventCatalogue,
  EventDefinition,
  EventId,
  FixedClock,
  JsonObject,
  NewEvent,
  systemContext,
  uuidv7,
} from '../core/index.js';
import { MemoryLedger } from '../ledger/memory/index.js';
import { Projection } from './projection.js';
import { Projector } from './projector.js';
import { ReadModelFile, ReadModels } from './read-models.js';
import { param, sqlBuilder } from './statements.js';

interface Schema {
  sums: { stream: string; total: number };
}

const definition: EventDefinition = {
  type: 'Added',
  summary: '',
  stream: 'sum-<id>',
  resource: () => ({ kind: 'sum', id: '1' }),
  samples: [{ amount: 1 }],
};
const catalogue = new EventCatalogue([definition]);
const sql = sqlBuilder<Schema>();

const sums: Projection = {
  name: 'test.sums',
  version: 1,
  tables: ['sums'],
  schema: (ddl) => [
    ddl
      .createTable('sums')
      .addColumn('stream', 'text', (column) => column.primaryKey())
      .addColumn('total', 'integer')
      .compile(),
  ],
  prepare: (statements) => {
    const add = statements.write(
      sql
        .insertInto('sums')
        .values({ stream: param('stream'), total: param('amount') })
        .onConflict((conflict) =>
          conflict
            .column('stream')
            .doUpdateSet(({ ref, eb }) => ({ total: eb('sums.total', '+', ref('excluded.total')) })),
        ),
    );
    return ({ stream, data }) => {
      if (data['amount'] === 13) throw new Error('unlucky');
      add({ stream, amount: data['amount'] as number });
    };
  },
};

describe('the projector', () => {
  const clock = new FixedClock();
  let folder: string;
  let file: string;
  let ledger: MemoryLedger;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'projector-'));
    file = join(folder, 'read-models.db');
    ledger = new MemoryLedger(clock);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const event = (data: JsonObject, more: Partial<NewEvent> = {}): NewEvent => {
    const { actor, origin, correlationId } = systemContext(clock.now(), 'test');
    return { id: uuidv7() as EventId, type: 'Added', schema: 1, data, actor, origin, correlationId, ...more };
  };
  const add = (stream: string, ...amounts: number[]) =>
    ledger.append(
      stream,
      amounts.map((amount) => event({ amount })),
      'any',
    );
  const options = (more = {}) => ({
    ledger,
    catalogue,
    projections: [sums],
    context: { unseal: () => undefined },
    ...more,
  });
  const totals = async () => {
    const models = new ReadModels(file);
    const rows = await models.db<Schema>().selectFrom('sums').selectAll().orderBy('stream').execute();
    await models.close();
    return Object.fromEntries(rows.map(({ stream, total }) => [stream, total]));
  };

  it('applies what is in the log, and goes on from its checkpoint after a restart', async () => {
    await add('sum-a', 1, 2);
    const first = ReadModelFile.create(file, [sums]);
    await new Projector(options(), first).catchUp();
    first.close();
    await add('sum-b', 5);
    const again = ReadModelFile.open(file);
    const projector = new Projector(options(), again);
    expect(await projector.catchUp()).toBe(1);
    expect(projector.checkpoint).toBe(await ledger.head());
    again.close();
    expect(await totals()).toEqual({ 'sum-a': 3, 'sum-b': 5 });
  });

  it('a batch and its checkpoint change together: an event that fails leaves the batch before it', async () => {
    await add('sum-a', 1, 2);
    await add('sum-a', 4, 13);
    const target = ReadModelFile.create(file, [sums]);
    const projector = new Projector(options({ batch: 2 }), target);
    await expect(projector.catchUp()).rejects.toThrow('unlucky');
    expect(target.checkpoint).toBe(2);
    target.close();
    expect(await totals()).toEqual({ 'sum-a': 3 });
  });

  it('two projectors on one file share the work: no event is applied twice', async () => {
    const one = ReadModelFile.create(file, [sums]);
    const two = ReadModelFile.open(file);
    const projectors = [new Projector(options({ batch: 1 }), one), new Projector(options({ batch: 3 }), two)];
    for (let round = 0; round < 20; round++) {
      await add('sum-a', 1, 1);
      await projectors[round % 2]!.catchUp();
      if (round % 3 === 0) await Promise.all(projectors.map((projector) => projector.catchUp()));
    }
    one.close();
    two.close();
    expect(await totals()).toEqual({ 'sum-a': 40 });
  });

  it('what a projection gathers for the end of a batch goes with the batch, and is forgotten when it is rolled back', async () => {
    const gathering: Projection = {
      ...sums,
      prepare: (statements) => {
        const put = statements.write(sql.insertInto('sums').values({ stream: param('stream'), total: param('total') }));
        const streams = new Map<string, number>();
        const take = ({ stream, data }: { stream: string; data: JsonObject }) => {
          if (data['amount'] === 13) throw new Error('unlucky');
          streams.set(stream, (streams.get(stream) ?? 0) + (data['amount'] as number));
        };
        const end = () => streams.forEach((total, stream) => void put({ stream, total }));
        return Object.assign(take, { batch: { begin: () => streams.clear(), end } });
      },
    };
    await add('sum-a', 1, 2);
    await add('sum-b', 4, 13);
    const target = ReadModelFile.create(file, [gathering]);
    const projector = new Projector(options({ batch: 2, projections: [gathering] }), target);
    await expect(projector.catchUp()).rejects.toThrow('unlucky');
    await expect(projector.catchUp()).rejects.toThrow('unlucky');
    target.close();
    expect(await totals()).toEqual({ 'sum-a': 3 });
  });

  it('follows the log live until it is told to stop', async () => {
    const target = ReadModelFile.create(file, [sums]);
    const projector = new Projector(options(), target);
    const stop = new AbortController();
    const following = projector.follow(stop.signal);
    const reached = new Promise<void>((resolve) => projector.onProgress((position) => position === 2 && resolve()));
    await add('sum-a', 1);
    await add('sum-a', 1);
    await reached;
    stop.abort();
    await following.catch((error: Error) => expect(error.name).toBe('AbortError'));
    target.close();
    expect(await totals()).toEqual({ 'sum-a': 2 });
  });

  it('stops at an event that this version does not know, instead of guessing', async () => {
    await ledger.append('sum-a', [event({}, { type: 'FromTheFuture' })], 'any');
    const target = ReadModelFile.create(file, [sums]);
    await expect(new Projector(options(), target).catchUp()).rejects.toThrow(/FromTheFuture is unknown/);
    target.close();
  });

  describe('a file of read models', () => {
    const built = async () => {
      await add('sum-a', 1);
      const target = ReadModelFile.create(file, [sums]);
      await new Projector(options(), target).catchUp();
      target.close();
    };
    const firstId = async () => (await ledger.readAll({ limit: 1 }))[0]!.id;

    it('fits the program and the log that it was built with', async () => {
      await built();
      expect(ReadModelFile.unusable(file, [sums], await firstId())).toBeUndefined();
    });

    it('built in a hurry has the same tables and indexes in the end', async () => {
      const indexed: Projection = {
        ...sums,
        schema: (ddl) => [...sums.schema(ddl), ddl.createIndex('sums_by_total').on('sums').column('total').compile()],
      };
      const schemaOf = (hurry: boolean) => {
        const target = ReadModelFile.create(file, [indexed]);
        if (hurry) {
          target.hurry();
          target.settle();
        }
        const schema = target.db.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY name').all();
        target.close();
        return schema;
      };
      const ordinary = schemaOf(false);
      expect(ordinary).toContainEqual(expect.objectContaining({ type: 'index', name: 'sums_by_total' }));
      expect(schemaOf(true)).toEqual(ordinary);
    });

    it('is not used when it is missing, from another version, from another log, or damaged', async () => {
      expect(ReadModelFile.unusable(file, [sums], undefined)).toMatch(/no read models yet/);
      await built();
      expect(ReadModelFile.unusable(file, [{ ...sums, version: 2 }], await firstId())).toMatch(/another version/);
      expect(ReadModelFile.unusable(file, [sums], uuidv7())).toMatch(/another log/);
      new Database(file).pragma('wal_checkpoint(TRUNCATE)');
      writeFileSync(file, Buffer.alloc(8192, 7));
      expect(ReadModelFile.unusable(file, [sums], await firstId())).toMatch(/damaged/);
    });

    it('can’t be written by readers', async () => {
      await built();
      const models = new ReadModels(file);
      await expect(models.db<Schema>().deleteFrom('sums').returningAll().execute()).rejects.toThrow(/readonly/);
      await models.close();
    });
  });
});
