import { EventDefinition } from '../../core/index.js';

const resource: EventDefinition['resource'] = (data) => {
  const { modelId, experimentId, name, sourceRunId } = data as Readonly<Record<string, string>>;
  const experiment = { kind: 'experiment', id: experimentId! };
  const parents = sourceRunId === undefined ? [experiment] : [{ kind: 'run', id: sourceRunId }, experiment];
  return { kind: 'logged-model', id: modelId!, name: name!, parents };
};
const stream = 'logged-model-<model id>';
const base = { modelId: 'm-0192f0a8c4b77a1e9d3c5b6a7f8e9d0c', experimentId: '1', name: 'lims_qc_model' };
const at = 1767603600000;
const sealed = { subject: 'u-0192f0a8-c4b7-7a1e-9d3c-5b6a7f8e9d0c', box: 'v1.AAAAAAAAAAAAAAAA.c2VhbGVk' };

export const loggedModelEvents: readonly EventDefinition[] = [
  {
    type: 'LoggedModelCreated',
    summary: 'A client began to log a model to an experiment; its files are still to come.',
    stream,
    resource,
    samples: [
      {
        ...base,
        at,
        modelType: 'classifier',
        sourceRunId: '5f2c7e1b9a8d4c3e8b7a6f5e4d3c2b1a',
        tags: [
          { key: 'mlflow.user', value: sealed },
          { key: 'Project', value: 'Lab_Modernization' },
        ],
      },
    ],
  },
  {
    type: 'LoggedModelParamsLogged',
    summary: 'Parameters were logged to a logged model; they never change again.',
    stream,
    resource,
    samples: [{ ...base, params: [{ key: 'max_depth', value: '5' }] }],
  },
  {
    type: 'LoggedModelTagsSet',
    summary: 'Tags of a logged model were set.',
    stream,
    resource,
    samples: [{ ...base, tags: [{ key: 'Approval_Status', value: 'Pending_Review' }] }],
  },
  {
    type: 'LoggedModelTagDeleted',
    summary: 'A tag of a logged model was removed.',
    stream,
    resource,
    samples: [{ ...base, key: 'Approval_Status' }],
  },
  {
    type: 'LoggedModelFinalized',
    summary: 'The client said whether all files of a logged model came in.',
    stream,
    resource,
    samples: [{ ...base, at: at + 1000, status: 'READY' }],
  },
  {
    type: 'LoggedModelDeleted',
    summary: 'A logged model was deleted.',
    stream,
    resource,
    samples: [{ ...base, at: at + 2000 }],
  },
];
