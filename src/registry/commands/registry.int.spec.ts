import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ExperimentId, RunId } from '../../core/index.js';
import { DeleteArtifacts, StoreArtifact } from '../../artifacts/index.js';
import { DELETED_RUN, OTHER_RUN, RUN } from '../../artifacts/testing/room-lab.js';
import {
  DeleteModel,
  DeleteModelAlias,
  DeleteModelVersion,
  ModelReader,
  RenameModel,
  RollBack,
  SetModelAlias,
} from '../index.js';
import { codeOf, LOGGED, RegistryLab } from '../testing/registry-lab.js';

describe('the registry', () => {
  let lab: RegistryLab;
  beforeEach(async () => {
    lab = await RegistryLab.open();
  });
  afterEach(() => lab.close());
  const remove = (name: string) => lab.room.commands.execute(new DeleteModel(lab.room.context(), { name }));
  const rename = (name: string, newName: string) =>
    lab.room.commands.execute(new RenameModel(lab.room.context(), { name, newName }));
  const reader = () => lab.room.app.get(ModelReader);

  describe('names', () => {
    it('go to one of many who want them at once', async () => {
      const codes = await Promise.all(Array.from({ length: 20 }, () => codeOf(lab.register('detector'))));
      expect(codes.filter((code) => code === undefined)).toHaveLength(1);
      expect(new Set(codes)).toEqual(new Set([undefined, 'model-exists']));
      expect(await lab.types()).toEqual(['RegisteredModelNameReserved', 'ModelRegistered']);
    });

    it('are completed by the next one when a crash left only the reservation', async () => {
      lab.faults.plan('pass', 'before');
      expect(await codeOf(lab.register('detector'))).toBe('LedgerUnavailable');
      const { modelId } = await lab.register('detector');
      const events = await lab.room.events();
      expect(events.map(({ type, data }) => [type, data['modelId']])).toEqual([
        ['RegisteredModelNameReserved', modelId],
        ['ModelRegistered', modelId],
      ]);
    });

    it('become free when their model is deleted, and the id is never used again', async () => {
      const { modelId: old } = await lab.register('detector');
      await lab.version('detector');
      await remove('detector');
      const { modelId: fresh } = await lab.register('detector');
      expect(fresh).not.toBe(old);
      expect((await lab.version('detector')).version).toBe(1);
    });

    it('heal at the next creation when a crash kept a deletion from releasing them', async () => {
      await lab.register('detector');
      lab.faults.plan('pass', 'before');
      expect(await codeOf(remove('detector'))).toBe('LedgerUnavailable');
      expect(await codeOf(lab.version('detector'))).toBe('model-not-found');
      await lab.register('detector');
      expect((await lab.types()).slice(2)).toEqual([
        'RegisteredModelDeleted',
        'RegisteredModelNameReleased',
        'RegisteredModelNameReserved',
        'ModelRegistered',
      ]);
    });

    it('heal when many want them at once', async () => {
      await lab.register('detector');
      lab.faults.plan('pass', 'before');
      await codeOf(remove('detector'));
      const codes = await Promise.all(Array.from({ length: 10 }, () => codeOf(lab.register('detector'))));
      expect(codes.filter((code) => code === undefined)).toHaveLength(1);
      expect((await lab.types()).filter((type) => type === 'ModelRegistered')).toHaveLength(2);
    });

    it('heal when the deletion is asked for again, and when somebody renames to them', async () => {
      await lab.register('a');
      await lab.register('b');
      lab.faults.plan('pass', 'before');
      await codeOf(remove('a'));
      await remove('a');
      expect(await codeOf(remove('a'))).toBe('model-not-found');
      await lab.register('a');
      lab.faults.plan('pass', 'before');
      await codeOf(remove('a'));
      expect((await rename('b', 'a')).name).toBe('a');
    });

    it('move with their model, versions and all', async () => {
      const { modelId } = await lab.register('a');
      await lab.version('a');
      await rename('a', 'b');
      expect((await reader().resolve('b', { version: 1 })).modelId).toBe(modelId);
      expect(await codeOf(reader().resolve('a', { version: 1 }))).toBe('model-not-found');
      await lab.register('a');
      expect(await codeOf(rename('a', 'b'))).toBe('model-exists');
      expect(await codeOf(rename('c', 'd'))).toBe('model-not-found');
      expect(await codeOf(rename('a', 'x/y'))).toBe('invalid-parameter');
    });

    it('answer the same model to the same request, sent again', async () => {
      const first = await lab.register('detector', { idempotencyKey: 'k1' });
      const again = await lab.register('detector', { idempotencyKey: 'k1' });
      expect(again).toEqual(first);
      expect(await codeOf(lab.register('detector', { idempotencyKey: 'k2' }))).toBe('model-exists');
    });
  });

  describe('versions', () => {
    beforeEach(() => lab.register('detector'));

    it('are numbered without gaps and without doubles when many come at once', async () => {
      const made = await Promise.all(Array.from({ length: 30 }, () => lab.version('detector')));
      expect(made.map(({ version }) => version).sort((a, b) => a - b)).toEqual(
        Array.from({ length: 30 }, (_, index) => index + 1),
      );
    });

    it('are made once for one request, also when it comes many times at once', async () => {
      const made = await Promise.all(
        Array.from({ length: 10 }, () => lab.version('detector', { requestKey: 'job-7' })),
      );
      expect(new Set(made.map(({ version }) => version))).toEqual(new Set([1]));
      expect((await lab.types()).filter((type) => type === 'ModelVersionCreated')).toHaveLength(1);
    });

    it('are made once when the answer was lost after the append', async () => {
      lab.faults.plan('after');
      expect(await codeOf(lab.version('detector', { requestKey: 'job-7' }))).toBe('LedgerUnavailable');
      expect(await lab.version('detector', { requestKey: 'job-7' })).toMatchObject({ version: 1, name: 'detector' });
      expect((await lab.version('detector')).version).toBe(2);
    });

    it('keep to their request after they are deleted', async () => {
      await lab.version('detector', { requestKey: 'job-7' });
      await lab.room.commands.execute(new DeleteModelVersion(lab.room.context(), { name: 'detector', version: 1 }));
      const again = await lab.version('detector', { requestKey: 'job-7' });
      expect([again.version, again.view]).toEqual([1, undefined]);
    });

    it('take the idempotency key of a request for its request key', async () => {
      await lab.version('detector', {}, { idempotencyKey: 'k1' });
      await lab.version('detector', {}, { idempotencyKey: 'k2' });
      expect((await lab.version('detector', {}, { idempotencyKey: 'k1' })).version).toBe(1);
    });

    it('know the run they come from', async () => {
      await lab.version('detector');
      await lab.version('detector', { source: `mlflow-artifacts:/1/${RUN}/artifacts/model`, runId: RUN });
      await lab.version('detector', { source: 's3://bucket/model', runId: RUN });
      await lab.version('detector', { source: 's3://bucket/model' });
      const runs = await Promise.all(
        [1, 2, 3, 4].map(async (version) => (await reader().resolve('detector', { version })).runId),
      );
      expect(runs).toEqual([RUN, RUN, RUN, undefined]);
    });

    it.each([
      ['a run that does not exist', { source: `runs:/${'f'.repeat(32)}/m` }, 'run-not-found'],
      ['a run that is deleted', { source: `runs:/${DELETED_RUN}/m` }, 'run-deleted'],
      ['another run than the source', { source: `runs:/${RUN}/m`, runId: OTHER_RUN as RunId }, 'source-of-another-run'],
      [
        "another run's folder",
        { source: `mlflow-artifacts:/2/${OTHER_RUN}/artifacts/m`, runId: RUN as RunId },
        'source-of-another-run',
      ],
      ['an experiment that is not the run’s', { source: `mlflow-artifacts:/2/${RUN}/artifacts/m` }, 'source-invalid'],
      ['a run id that holds a path', { source: 's3://bucket/m', runId: '../x' as RunId }, 'run-id-invalid'],
      ['a local path', { source: '/tmp/model' }, 'source-invalid'],
      ['a request key that is too long', { requestKey: 'x'.repeat(201) }, 'invalid-parameter'],
      ['a model that does not exist', { name: 'other' }, 'model-not-found'],
    ])('refuse %s', async (_what, more, code) => {
      expect(await codeOf(lab.version('detector', more))).toBe(code);
      expect(await lab.types()).not.toContain('ModelVersionCreated');
    });
  });

  describe('the files of a version', () => {
    const store = (runId: string, path: string, body: string) =>
      lab.room.commands.execute(
        new StoreArtifact(lab.room.context(), {
          runId: runId as RunId,
          experimentId: '1' as ExperimentId,
          path,
          body: Buffer.from(body),
        }),
      );
    const read = async (version: number, path = 'MLmodel') =>
      (await lab.room.app.inject(`/model-versions/get-artifact?name=detector&version=${version}&path=${path}`)).body;
    const uri = async (version: number) => {
      const url = `/api/2.0/mlflow/model-versions/get-download-uri?name=detector&version=${version}`;
      return (await lab.room.app.inject(url)).json<{ artifact_uri: string }>().artifact_uri;
    };
    const champion = (version: number) =>
      lab.room.commands.execute(
        new SetModelAlias(lab.room.context(), { name: 'detector', alias: 'champion', version }),
      );
    beforeEach(() => lab.register('detector'));

    it('are what they were when it was made, whatever becomes of the run’s', async () => {
      await store(RUN, 'model/MLmodel', 'reviewed');
      await lab.version('detector');
      await store(RUN, 'model/MLmodel', 'swapped');
      await lab.version('detector');
      await lab.room.commands.execute(
        new DeleteArtifacts(lab.room.context(), {
          runId: RUN as RunId,
          experimentId: '1' as ExperimentId,
          path: 'model',
        }),
      );
      lab.room.runs.runs.set(RUN, { experimentId: '1' as ExperimentId, active: false });
      expect([await read(1), await read(2)]).toEqual(['reviewed', 'swapped']);
      expect(await uri(1)).toMatch(/^mlflow-artifacts:\/sealed\/[0-9a-f]{64}$/);
    });

    it('are taken along by a copy, and can be registered again by their own address', async () => {
      await store(RUN, 'model/MLmodel', 'reviewed');
      await lab.version('detector');
      await store(RUN, 'model/MLmodel', 'swapped');
      await lab.version('detector', { source: 'models:/detector/1' });
      const again = await lab.version('detector', { source: await uri(1), runId: RUN });
      expect(again.view).toMatchObject({ runId: RUN });
      expect([await read(2), await read(3)]).toEqual(['reviewed', 'reviewed']);
      expect(await codeOf(lab.version('detector', { source: await uri(1), runId: OTHER_RUN }))).toBe(
        'source-of-another-run',
      );
      const unsealed = `mlflow-artifacts:/sealed/${'0'.repeat(64)}`;
      expect(await codeOf(lab.version('detector', { source: unsealed }))).toBe('seal-not-found');
    });

    it('may come after it was made, until it is promoted', async () => {
      await lab.version('detector');
      await store(RUN, 'model/MLmodel', 'late');
      expect(await read(1)).toBe('late');
      await lab.move('detector', 1, 'Production');
      await store(RUN, 'model/MLmodel', 'too late');
      expect(await read(1)).toBe('late');
      expect((await lab.types()).filter((type) => type.startsWith('ModelVersion'))).toEqual([
        'ModelVersionCreated',
        'ModelVersionSealed',
        'ModelVersionStageChanged',
      ]);
    });

    it('are sealed by a governed alias too, even when there are none', async () => {
      await lab.version('detector');
      await champion(1);
      await store(RUN, 'model/MLmodel', 'smuggled in');
      expect(await read(1)).not.toContain('smuggled in');
      await lab.move('detector', 1, 'Production');
      expect((await lab.types()).filter((type) => type === 'ModelVersionSealed')).toHaveLength(1);
    });

    it('are not sealed by a promotion that was refused', async () => {
      await lab.version('detector');
      lab.policy.denied = true;
      expect(await codeOf(lab.move('detector', 1, 'Production'))).toBe('not-allowed');
      expect(await lab.types()).not.toContain('ArtifactsSealed');
    });

    it('are those of the logged model, where runs:/ means the model that the run logged under this name', async () => {
      await store(RUN, 'model/MLmodel', 'of the run');
      await store(LOGGED, 'MLmodel', 'of the model');
      lab.loggedModels.named = LOGGED;
      await lab.version('detector');
      await lab.version('detector', { source: `mlflow-artifacts:/1/${RUN}/artifacts/model` });
      expect([await read(1), await read(2)]).toEqual(['of the model', 'of the run']);
    });
  });

  describe('versions of other things than runs', () => {
    const files = `mlflow-artifacts:/1/models/${LOGGED}/artifacts`;
    beforeEach(async () => {
      await lab.register('detector');
      await lab.version('detector');
      await lab.version('detector', { source: `models:/${LOGGED}`, loggedModelId: LOGGED });
      await lab.version('detector', { source: 's3://bucket/m' });
    });
    const resolve = (version: number) => reader().resolve('detector', { version });
    const copy = (more: object) => lab.version('detector', { source: 'models:/detector/1', ...more });

    it('know where the files are', async () => {
      await lab.version('detector', { source: 'models:/detector/2' });
      await lab.version('detector', { source: `${files}/sub` });
      const at = { kind: 'logged-model', loggedModelId: LOGGED, experimentId: '1' };
      expect((await resolve(2)).location).toEqual({ ...at, path: '' });
      expect(await resolve(4)).toMatchObject({ location: { ...at, path: '' }, runId: RUN, loggedModelId: LOGGED });
      expect((await resolve(5)).location).toEqual({ ...at, path: 'sub' });
    });

    it('copy the version that an alias, a stage or latest means now', async () => {
      await lab.move('detector', 1, 'Staging');
      await lab.room.commands.execute(
        new SetModelAlias(lab.room.context(), { name: 'detector', alias: 'x', version: 2 }),
      );
      for (const [source, of] of [
        ['models:/detector@x', 2],
        ['models:/detector/staging', 1],
        ['models:/detector/latest', 5],
      ] as const) {
        expect((await copy({ source })).view?.source).toBe(`models:/detector/${of}`);
      }
    });

    it('are copied also when their run is deleted since: promoting must not depend on it', async () => {
      lab.room.runs.runs.set(RUN, { experimentId: '1' as ExperimentId, active: false });
      expect((await copy({ runId: RUN })).view).toMatchObject({ source: 'models:/detector/1', runId: RUN });
    });

    it.each([
      ['another run than that of the version', { runId: OTHER_RUN }, 'source-of-another-run'],
      ['no run, when the version has one', { runId: '' }, 'source-of-another-run'],
      ['a logged model that the version has not', { loggedModelId: LOGGED }, 'source-of-another-run'],
      ['a version that is not there', { source: 'models:/detector/9' }, 'version-not-found'],
      ['an alias that is not there', { source: 'models:/detector@none' }, 'alias-not-found'],
      ['an empty stage', { source: 'models:/detector/Production' }, 'no-version-in-stage'],
      ['a model that is not there', { source: 'models:/none/1' }, 'model-not-found'],
      ['a logged model that is not there', { source: `models:/m-${'0'.repeat(32)}` }, 'logged-model-not-found'],
      [
        'another logged model than the source',
        { source: `models:/${LOGGED}`, loggedModelId: `m-${'0'.repeat(32)}` },
        'source-of-another-run',
      ],
      [
        'another run than that of the logged model',
        { source: `models:/${LOGGED}`, runId: OTHER_RUN },
        'source-of-another-run',
      ],
      [
        'a logged model in another experiment',
        { source: `mlflow-artifacts:/2/models/${LOGGED}/artifacts` },
        'source-of-another-run',
      ],
      [
        'a logged model for files of a run',
        { source: `runs:/${RUN}/model`, loggedModelId: LOGGED },
        'source-of-another-run',
      ],
      ['a placeholder, unless it is a prompt', { source: 'prompt-template' }, 'source-invalid'],
    ])('refuse %s', async (_what, more, code) => {
      const before = await lab.types();
      expect(await codeOf(copy(more))).toBe(code);
      expect(await lab.types()).toEqual(before);
    });

    it('refuse logged models where no room keeps them', async () => {
      const without = await RegistryLab.open(false);
      await without.register('detector');
      for (const more of [
        { source: `models:/${LOGGED}` },
        { source: 's3://b/m', loggedModelId: LOGGED },
        { source: files },
      ])
        expect(await codeOf(without.version('detector', more))).toBe('model-id-unsupported');
      await without.close();
    });
  });

  describe('aliases', () => {
    beforeEach(async () => {
      await lab.register('detector');
      for (const version of [1, 2]) expect((await lab.version('detector')).version).toBe(version);
    });
    const set = (alias: string, version: number) =>
      lab.room.commands.execute(new SetModelAlias(lab.room.context(), { name: 'detector', alias, version }));
    const unset = (alias: string) =>
      lab.room.commands.execute(new DeleteModelAlias(lab.room.context(), { name: 'detector', alias }));

    it('ask for the right to promote only when they mean production', async () => {
      await set('shadow', 1);
      await unset('shadow');
      expect(lab.policy.asked).toEqual([]);
      await set('champion', 1);
      expect(lab.policy.asked).toMatchObject([{ action: 'model:promote', resource: { name: 'detector version 1' } }]);
      lab.policy.denied = true;
      expect(await codeOf(set('Champion', 2))).toBe('not-allowed');
      expect(await codeOf(set('champion', 2))).toBe('not-allowed');
      expect(await codeOf(unset('champion'))).toBe('not-allowed');
      expect(await codeOf(rename('detector', 'other'))).toBe('not-allowed');
      expect((await reader().resolve('detector', { alias: 'champion' })).version).toBe(1);
    });

    it('point to one version when many are set at once', async () => {
      await Promise.all([1, 2, 1, 2].map((version) => set('shadow', version)));
      const last = (await lab.room.events()).at(-1)!.data['version'];
      expect((await reader().resolve('detector', { alias: 'shadow' })).version).toBe(last);
    });

    it('stay with their model through a rename, and end with it', async () => {
      await set('shadow', 1);
      await rename('detector', 'sentinel');
      expect((await reader().resolve('sentinel', { alias: 'shadow' })).version).toBe(1);
      await remove('sentinel');
      await lab.register('sentinel');
      expect(await codeOf(reader().resolve('sentinel', { alias: 'shadow' }))).toBe('alias-not-found');
      expect(await codeOf(reader().resolve('sentinel', { latest: true }))).toBe('version-not-found');
    });
  });

  describe('stages', () => {
    beforeEach(async () => {
      await lab.register('detector');
      for (const version of [1, 2, 3]) expect((await lab.version('detector')).version).toBe(version);
    });

    it('have one version in Production when many are moved there at once', async () => {
      await Promise.all([1, 2, 3].map((version) => lab.move('detector', version, 'production')));
      const moves = (await lab.room.events()).filter(({ type }) => type === 'ModelVersionStageChanged');
      const last = moves.at(-1)!.data['version'] as number;
      const stages = await Promise.all(
        [1, 2, 3].map(async (version) => (await reader().resolve('detector', { version })).stage),
      );
      expect(stages.filter((stage) => stage === 'Production')).toHaveLength(1);
      expect(stages[last - 1]).toBe('Production');
      expect((await reader().resolve('detector', { stage: 'Production' })).version).toBe(last);
    });

    it('ask for the right to promote only when Production is touched', async () => {
      await lab.move('detector', 1, 'Staging');
      await lab.move('detector', 1, 'Archived', false);
      expect(lab.policy.asked).toEqual([]);
      await lab.move('detector', 1, 'Production');
      expect(lab.policy.asked).toMatchObject([
        { action: 'model:promote', resource: { kind: 'model-version', name: 'detector version 1' } },
      ]);
      lab.policy.denied = true;
      expect(await codeOf(lab.move('detector', 1, 'Archived', false))).toBe('not-allowed');
      expect(await codeOf(lab.move('detector', 2, 'Production'))).toBe('not-allowed');
      expect((await reader().resolve('detector', { stage: 'Production' })).version).toBe(1);
    });

    it('are one decision with what is archived for them, under any failure', async () => {
      await lab.move('detector', 1, 'Production');
      lab.faults.plan('before');
      expect(await codeOf(lab.move('detector', 2, 'Production'))).toBe('LedgerUnavailable');
      expect((await reader().resolve('detector', { stage: 'Production' })).version).toBe(1);
      lab.faults.plan('after');
      expect(await codeOf(lab.move('detector', 2, 'Production'))).toBe('LedgerUnavailable');
      expect((await reader().resolve('detector', { stage: 'Production' })).version).toBe(2);
      expect((await reader().resolve('detector', { version: 1 })).stage).toBe('Archived');
    });

    it('can not be got around by renaming what is in production', async () => {
      await lab.move('detector', 1, 'Production');
      lab.policy.denied = true;
      expect(await codeOf(rename('detector', 'old'))).toBe('not-allowed');
      lab.policy.denied = false;
      expect((await rename('detector', 'sentinel')).name).toBe('sentinel');
      lab.policy.denied = true;
      await lab.register('other');
      expect((await rename('other', 'detector')).name).toBe('detector');
    });

    it('can not be deleted from Production, and who may not take it out of there is denied that, by name and with the way out', async () => {
      await lab.move('detector', 1, 'Production');
      const removals = () => [
        lab.room.commands.execute(new DeleteModelVersion(lab.room.context(), { name: 'detector', version: 1 })),
        lab.room.commands.execute(new DeleteModel(lab.room.context(), { name: 'detector' })),
      ];
      const message = 'version 1 of detector is in Production: move it to another stage before it is deleted';
      for (const removal of removals())
        await expect(removal).rejects.toMatchObject({ kind: 'state', code: 'version-in-production', message });
      lab.policy.denied = true;
      for (const removal of removals())
        await expect(removal).rejects.toMatchObject({
          kind: 'denied',
          message: `${message} you may not model:promote`,
        });
      expect((await lab.types()).filter((type) => type.endsWith('Deleted'))).toEqual([]);
    });

    it('roll back in one command, with the reason kept', async () => {
      await lab.move('detector', 1, 'Production');
      await lab.move('detector', 2, 'Production');
      const command = new RollBack(lab.room.context({ reason: 'F1 fell to 0.79' }), { name: 'detector' });
      expect(await lab.room.commands.execute(command)).toMatchObject({
        version: { version: 1, stage: 'Production' },
        archived: [2],
      });
      expect((await lab.room.events()).at(-1)).toMatchObject({
        type: 'ModelVersionRolledBack',
        reason: 'F1 fell to 0.79',
        data: { version: 1, runId: RUN, from: 'Archived', archived: [2] },
      });
      expect(await codeOf(lab.room.commands.execute(command))).toBe('no-previous-production-version');
    });

    it('say so when they are empty or unknown', async () => {
      expect(await codeOf(reader().resolve('detector', { stage: 'Production' }))).toBe('no-version-in-stage');
      expect(await codeOf(reader().resolve('detector', { version: 9 }))).toBe('version-not-found');
      expect(await codeOf(lab.move('detector', 1, 'Prod'))).toBe('stage-unknown');
    });
  });
});
