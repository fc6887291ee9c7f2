import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  CustodyError,
  EventCatalogue,
  FixedClock,
  microsToMillis,
  ModelId,
  RunId,
  systemContext,
} from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { MemoryLedger } from '../../ledger/memory/index.js';
import { Following, Tables } from '../../artifacts/testing/rebuilt-equals-incremental.js';
import { registryEvents, registryProjections, STAGES } from '../index.js';
import { Asked, Models } from '../model/models.js';
import { Model } from '../model/state.js';
import {
  ModelVersions,
  ModelVersionTags,
  RegisteredModelAliases,
  RegisteredModels,
  RegisteredModelTags,
} from './table.js';

const NAMES = ['a', 'b'];
const key = fc.constantFrom('k', 'l');
const alias = fc.constantFrom('champion', 'shadow', 'x');
const value = fc.constantFrom('1', '2');
const version = fc.integer({ min: 1, max: 4 });
const asked: fc.Arbitrary<Asked> = fc.oneof(
  fc.record({ type: fc.constant('describe' as const), description: value }),
  fc.record({ type: fc.constant('set-tag' as const), key, value }),
  fc.record({ type: fc.constant('delete-tag' as const), key }),
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('create-version' as const),
      source: fc.constant('s3://b/m'),
      runId: fc.constant('a'.repeat(32) as RunId),
      tags: fc.constant([['k', '0']] as const),
    }),
  },
  fc.record({ type: fc.constant('describe-version' as const), version, description: value }),
  fc.record({ type: fc.constant('set-version-tag' as const), version, key, value }),
  fc.record({ type: fc.constant('delete-version-tag' as const), version, key }),
  fc.record({ type: fc.constant('delete-version' as const), version }),
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('set-alias' as const), alias, version, mayPromote: fc.constant(true) }),
  },
  fc.record({ type: fc.constant('delete-alias' as const), alias, mayPromote: fc.constant(true) }),
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('transition' as const),
      version,
      stage: fc.constantFrom(...STAGES),
      archiveExisting: fc.boolean(),
      mayPromote: fc.constant(true),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('roll-back' as const) }) },
);
const step = fc.record({
  name: fc.constantFrom(...NAMES),
  follow: fc.boolean(),
  what: fc.oneof(
    { weight: 12, arbitrary: asked },
    fc.constantFrom('register' as const, 'rename' as const, 'delete' as const),
  ),
});

describe("the registry's read model", () => {
  it('rebuilt equals incremental, and is what the deciders say, for any history', async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 40 }), check), { numRuns: 40 });
  });
});

async function check(
  steps: readonly { name: string; follow: boolean; what: Asked | 'register' | 'rename' | 'delete' }[],
): Promise<void> {
  const clock = new FixedClock();
  const ledger = new MemoryLedger(clock);
  const models = new Models(new DecisionMaker(ledger, new EventCatalogue(registryEvents)));
  const following = new Following({ ledger, events: registryEvents, projections: registryProjections });
  const renamed = new Map<ModelId, number>();
  let made = 0;
  const register = async (name: string) => {
    const fresh = String(++made).padStart(32, '0') as ModelId;
    const id = await models.reserve(name, fresh, context());
    await models.decideOn(id, name, { type: 'register', description: 'new', tags: [['k', '0']] }, context());
  };
  const context = () => systemContext(clock.now(), 'test');
  const take = async (name: string, what: Asked | 'register' | 'rename' | 'delete') => {
    if (what === 'register') return register(name);
    if (what === 'rename') {
      const id = await models.rename(name, name === 'a' ? 'b' : 'a', context());
      return void renamed.set(id, microsToMillis(clock.now()));
    }
    if (what !== 'delete') return void (await models.decide(name, what, context()));
    const id = await models.find(name);
    await models.decideOn(id, name, { type: 'delete' }, context());
    await models.release(name, id, context());
  };
  await register('a');
  for (const { name, what, follow } of steps) {
    clock.advance(1000);
    await take(name, what).catch((error: unknown) => {
      if (!(error instanceof CustodyError)) throw error;
    });
    if (follow) await following.follow();
  }
  const tables = await following.expectSameAsRebuilt();
  following.close();
  expect(shown(tables)).toEqual(await decided(models, renamed));
}

/** The tables as `decided` has them. */
function shown(tables: Tables): object[] {
  const rows = <T>(name: string) => tables[name] as unknown as readonly T[];
  const tags = (all: readonly RegisteredModelTags[]) => Object.fromEntries(all.map(({ key, value }) => [key, value]));
  return [...rows<RegisteredModels>('registered_models')]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ model_id, name, description, updated_at }) => ({
      name,
      description,
      updated_at,
      aliases: Object.fromEntries(
        rows<RegisteredModelAliases>('registered_model_aliases')
          .filter((row) => row.model_id === model_id)
          .map(({ alias: called, version: of }) => [called, of]),
      ),
      tags: tags(rows<RegisteredModelTags>('registered_model_tags').filter((tag) => tag.model_id === model_id)),
      versions: [...rows<ModelVersions>('model_versions')]
        .filter((row) => row.model_id === model_id)
        .sort((a, b) => a.version - b.version)
        .map(({ version, stage, updated_at }) => ({
          version,
          stage,
          updated_at,
          tags: tags(
            rows<ModelVersionTags>('model_version_tags').filter(
              (tag) => tag.model_id === model_id && tag.version === version,
            ),
          ),
        })),
    }));
}

/** A rename is not in the model's own stream; it touches the model and all versions that it has then. */
async function decided(models: Models, renamed: ReadonlyMap<ModelId, number>): Promise<object[]> {
  const found = await Promise.all(
    NAMES.map(async (name) => {
      const id = await models.holder(name);
      return id === undefined ? [] : [{ name, model: await models.load(id) }];
    }),
  );
  return found
    .flat()
    .filter(({ model }) => model.status === 'active')
    .map(({ name, model }) => ({
      name,
      description: model.description,
      updated_at: Math.max(model.updatedAt, renamed.get(model.modelId) ?? 0),
      aliases: model.aliases.toObject(),
      tags: model.tags.toObject(),
      versions: versionsOf(model, renamed.get(model.modelId) ?? 0),
    }));
}

const versionsOf = (model: Model, renamed: number) =>
  [...model.versions.values()]
    .sort((a, b) => a.version - b.version)
    .map(({ version, stage, updatedAt, tags }) => ({
      version,
      stage,
      updated_at: Math.max(updatedAt, renamed),
      tags: tags.toObject(),
    }));
