import { EventDefinition, JsonObject, ResourceRef } from '../../core/index.js';
import { ModelEvent } from './events.js';

const model = { modelId: '0192f0a8c4b77a1e9d3c5b6a7f8e9d0c', name: 'lims_contamination_detector', at: 1767603600000 };
const version = { ...model, version: 2 };
const runId = '0192f0a8d1c27b3f8a4d6e5f7a8b9c0d';
const approvalId = 'ap-01890a5d-ac96-774b-bcce-b302099a8057';

const ofModel = (type: ModelEvent['type'], summary: string, sample: JsonObject = model): EventDefinition => ({
  type,
  summary,
  stream: 'model-<model id>',
  resource: (data) => modelResource(data as unknown as VersionRef),
  samples: [sample],
});

const ofVersion = (
  type: ModelEvent['type'],
  summary: string,
  sample: JsonObject = version,
  ...later: readonly JsonObject[]
): EventDefinition => ({
  type,
  summary,
  stream: 'model-<model id>',
  resource: (data) => versionResource(data as unknown as VersionRef),
  samples: [sample, ...later],
  // Later schemas only added fields that may be absent.
  upcasts: later.map(() => (data) => data),
});

interface VersionRef {
  readonly modelId: string;
  readonly name: string;
  readonly version: number;
  readonly runId?: string;
}

export const modelResource = ({ modelId, name }: Pick<VersionRef, 'modelId' | 'name'>): ResourceRef => ({
  kind: 'registered-model',
  id: modelId,
  name,
});

export function versionResource({ modelId, name, version, runId }: VersionRef): ResourceRef {
  const run = runId === undefined ? [] : [{ kind: 'run', id: runId }];
  const parents = [{ kind: 'registered-model', id: modelId }, ...run];
  return { kind: 'model-version', id: `${modelId}/${version}`, name: `${name} version ${version}`, parents };
}

const tags = [['Project', 'Lab_Modernization']];

export const modelEvents: readonly EventDefinition[] = [
  ofModel('ModelRegistered', 'A registered model was created.', {
    ...model,
    description: 'Flags contaminated samples',
    tags,
  }),
  ofModel('RegisteredModelDescribed', 'The description of a registered model was changed.', {
    ...model,
    description: 'Flags samples',
  }),
  ofModel('RegisteredModelTagSet', 'A tag of a registered model was set.', { ...model, key: 'Project', value: 'Lab' }),
  ofModel('RegisteredModelTagDeleted', 'A tag of a registered model was taken away.', { ...model, key: 'Project' }),
  ofModel('RegisteredModelDeleted', 'A registered model was taken out of the registry with all its versions.'),
  ofVersion(
    'ModelVersionCreated',
    'A version of a registered model was created, from files, a logged model or another version.',
    {
      ...version,
      source: `mlflow-artifacts:/1/${runId}/artifacts/lims_qc_model`,
      runId,
      runLink: 'https://lab.example/runs/7',
      description: 'With turbidity',
      tags,
      requestKey: 'job-0192f0a8e0f17c40',
    },
    {
      ...version,
      source: 'models:/contamination_candidates/4',
      storage: `mlflow-artifacts:/1/models/m-${runId}/artifacts`,
      loggedModelId: `m-${runId}`,
      copyOf: { modelId: '0192f0a8c4b77a1e9d3c5b6a7f8e9d0f', name: 'contamination_candidates', version: 4 },
      runId,
      runLink: 'https://lab.example/runs/7',
      description: 'With turbidity',
      tags,
      requestKey: 'job-0192f0a8e0f17c40',
    },
  ),
  ofVersion(
    'ModelVersionSealed',
    'The files of a model version that had none when it was made were sealed, because it was promoted, or its promotion was asked for.',
    {
      ...version,
      storage: 'mlflow-artifacts:/sealed/b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c',
    },
  ),
  ofVersion(
    'RegisteredModelAliasSet',
    'An alias of a registered model was given to a version, perhaps taken from another.',
    {
      ...version,
      alias: 'champion',
      from: 1,
    },
    { ...version, alias: 'champion', from: 1, approvalId },
  ),
  ofVersion(
    'RegisteredModelAliasDeleted',
    'An alias of a registered model was taken away.',
    { ...version, alias: 'champion' },
    { ...version, alias: 'champion', approvalId },
  ),
  ofVersion('ModelVersionDescribed', 'The description of a model version was changed.', {
    ...version,
    description: 'Tuned',
  }),
  ofVersion('ModelVersionTagSet', 'A tag of a model version was set.', {
    ...version,
    key: 'Reviewer',
    value: 'Clinical_Director',
  }),
  ofVersion('ModelVersionTagDeleted', 'A tag of a model version was taken away.', { ...version, key: 'Reviewer' }),
  ofVersion('ModelVersionDeleted', 'A model version was taken out of the registry; its number is never used again.'),
  ofVersion(
    'ModelVersionStageChanged',
    'A model version moved to another stage, perhaps in the place of others.',
    { ...version, runId, from: 'Staging', to: 'Production', archived: [1] },
    { ...version, runId, from: 'Staging', to: 'Production', archived: [1], approvalId },
  ),
  ofVersion(
    'ModelVersionRolledBack',
    'The previous Production version took the place of the present one again; where approvals are in force, it owes a review.',
    { ...version, runId, from: 'Archived', archived: [3] },
    { ...version, runId, from: 'Archived', archived: [3], rollbackId: '0192f0a8d3f87c1e8b4d6a5f9e0c1b2a' },
  ),
];
