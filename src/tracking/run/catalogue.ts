import { EventDefinition } from '../../core/index.js';

const resource: EventDefinition['resource'] = (data) => {
  const { runId, experimentId, name } = data as { runId: string; experimentId: string; name?: string };
  return {
    kind: 'run',
    id: runId,
    ...(name === undefined ? {} : { name }),
    parents: [{ kind: 'experiment', id: experimentId }],
  };
};
const stream = 'run-<run id>';
const base = { runId: '5f2c7e1b9a8d4c3e8b7a6f5e4d3c2b1a', experimentId: '1' };
const sealed = { subject: 'u-0192f0a8-c4b7-7a1e-9d3c-5b6a7f8e9d0c', box: 'v1.AAAAAAAAAAAAAAAA.c2VhbGVk' };

export const runEvents: readonly EventDefinition[] = [
  {
    type: 'RunStarted',
    summary: 'A run was started.',
    stream,
    resource,
    samples: [
      {
        ...base,
        name: 'spirited-heron-421',
        startTime: 1767603600000,
        tags: [
          { key: 'mlflow.user', value: sealed },
          { key: 'Project', value: 'Lab_Modernization' },
        ],
        user: sealed,
      },
    ],
  },
  {
    type: 'ParamsLogged',
    summary: 'Parameters were logged to a run; they never change again.',
    stream,
    resource,
    samples: [{ ...base, params: [{ key: 'max_depth', value: '5' }] }],
  },
  {
    type: 'TagsSet',
    summary: 'Tags of a run were set.',
    stream,
    resource,
    samples: [{ ...base, tags: [{ key: 'Approval_Status', value: 'Pending_Review' }] }],
  },
  {
    type: 'TagDeleted',
    summary: 'A tag of a run was removed.',
    stream,
    resource,
    samples: [{ ...base, key: 'Approval_Status' }],
  },
  {
    type: 'MetricsLogged',
    summary: 'Metric points were logged to a run.',
    stream: 'metrics-<run id>, or run-<run id> when they came with parameters or tags',
    resource,
    samples: [
      {
        ...base,
        metrics: [
          { key: 'test_f1', value: 0.91, timestamp: 1767603600000, step: 0 },
          { key: 'loss', value: 'NaN', timestamp: 1767603600001, step: 7 },
          {
            key: 'auc',
            value: 0.93,
            timestamp: 1767603600002,
            step: 0,
            modelId: 'm-0192f0a8c4b77a1e9d3c5b6a7f8e9d0c',
            datasetName: 'LIMS_Synthetic_v1',
            datasetDigest: '9f86d081884c7d65',
          },
        ],
      },
    ],
  },
  {
    type: 'InputTextsRecorded',
    summary: 'Parts of a data set’s schema or profile that is larger than an event; inputs refer to it by its digest.',
    stream,
    resource,
    samples: [
      {
        ...base,
        texts: [
          {
            sha256: '62a5082b0d529f78cf4fac8bb3d57fb76a5d5282e77af06c3f842f29ba18b6f5',
            part: 0,
            text: '{"mlflow_colspec":[]}',
          },
        ],
      },
    ],
  },
  {
    type: 'InputsLogged',
    summary: 'Data sets were recorded as inputs of a run.',
    stream,
    resource,
    samples: [
      {
        ...base,
        inputs: [
          {
            name: 'LIMS_Synthetic_v1',
            digest: '9f86d081884c7d65',
            sourceType: 'custody',
            source: '{"dataset_id":"d-1"}',
            schema: '{"mlflow_colspec":[]}',
            profile: '{"num_rows":1000}',
            tags: [{ key: 'mlflow.data.context', value: 'training' }],
          },
        ],
      },
    ],
  },
  {
    type: 'ModelInputsLogged',
    summary: 'Logged models were recorded as inputs of a run.',
    stream,
    resource,
    samples: [{ ...base, models: ['m-0192f0a8c4b77a1e9d3c5b6a7f8e9d0c'] }],
  },
  {
    type: 'ModelOutputsLogged',
    summary: 'Logged models were recorded as made by a run.',
    stream,
    resource,
    samples: [{ ...base, models: [{ modelId: 'm-1192f0a8c4b77a1e9d3c5b6a7f8e9d0c', step: 0 }] }],
  },
  {
    type: 'RunRenamed',
    summary: 'A run got another name.',
    stream,
    resource,
    samples: [{ ...base, name: 'baseline' }],
  },
  {
    type: 'RunEnded',
    summary: 'A run ended.',
    stream,
    resource,
    samples: [{ ...base, status: 'FINISHED', endTime: 1767603660000 }],
  },
  {
    type: 'RunResumed',
    summary: 'A run was set back to running or scheduled.',
    stream,
    resource,
    samples: [{ ...base, status: 'RUNNING' }],
  },
  { type: 'RunDeleted', summary: 'A run was deleted; it can be restored.', stream, resource, samples: [base] },
  { type: 'RunRestored', summary: 'A deleted run was restored.', stream, resource, samples: [base] },
];
