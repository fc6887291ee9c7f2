import { colspec, DEFAULT_THRESHOLD, LIBRARY, MODEL_VERSION } from '../engine/index.js';
import { MLFLOW_VERSION } from '../../mlflow/index.js';
import { CODE_FOLDER, LOADER_MODULE } from './code.js';
import { CONDA_FILE, PYTHON_ENV_FILE, PYTHON_VERSION } from './environment.js';
import { EXAMPLE_FILE, SERVING_EXAMPLE_FILE } from './example.js';

/** Which model this is. All of it follows from the job and its run, so that a second attempt writes the same bytes. */
export interface ModelIdentity {
  readonly runId: string;
  /** 32 hex digits. */
  readonly modelUuid: string;
  /** Unix milliseconds. */
  readonly createdAt: number;
  /** Of the model's folder among the run's artifacts. */
  readonly artifactPath: string;
}

export const DATA_FILE = 'model.json';

const FLAVORS = {
  python_function: {
    code: CODE_FOLDER,
    data: DATA_FILE,
    env: { conda: CONDA_FILE, virtualenv: PYTHON_ENV_FILE },
    loader_module: LOADER_MODULE,
    python_version: PYTHON_VERSION,
    streamable: false,
  },
  'custody.random_forest': { data: DATA_FILE, format_version: MODEL_VERSION, library: LIBRARY },
};

/** MLflow's description of a logged model. Every value is written as JSON, which YAML reads as it is. */
export function mlmodelYaml(
  features: readonly string[],
  { artifactPath, runId, modelUuid, createdAt }: ModelIdentity,
  bytes: number,
): string {
  const entries = {
    artifact_path: artifactPath,
    flavors: FLAVORS,
    is_signature_from_type_hint: false,
    mlflow_version: MLFLOW_VERSION,
    model_size_bytes: bytes,
    model_uuid: modelUuid,
    run_id: runId,
    saved_input_example_info: {
      artifact_path: EXAMPLE_FILE,
      pandas_orient: 'split',
      serving_input_path: SERVING_EXAMPLE_FILE,
      type: 'dataframe',
    },
    signature: signatureOf(features),
    type_hint_from_example: false,
    utc_time_created: pythonTime(createdAt),
  };
  return Object.entries(entries)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join('');
}

/** What MLflow keeps of a run's models in the run's tag `mlflow.log-model.history`. */
export function modelHistory({ artifactPath, runId, modelUuid, createdAt }: ModelIdentity): string {
  const entry = {
    run_id: runId,
    artifact_path: artifactPath,
    utc_time_created: pythonTime(createdAt),
    model_uuid: modelUuid,
    flavors: FLAVORS,
  };
  return JSON.stringify([entry]);
}

/** MLflow writes the schemas of a signature as texts that hold JSON. */
function signatureOf(features: readonly string[]) {
  const sampleId = { ...colspec('string', 'sample_id'), required: false };
  return {
    inputs: JSON.stringify([sampleId, ...features.map((feature) => colspec('double', feature))]),
    outputs: JSON.stringify([
      sampleId,
      colspec('long', 'predicted_class'),
      colspec('double', 'probability'),
      colspec('string', 'risk'),
    ]),
    params: JSON.stringify([{ name: 'threshold', default: DEFAULT_THRESHOLD, shape: null, type: 'double' }]),
  };
}

/** `2026-01-05 10:00:00.123000`, as Python's `str(datetime)` has it. */
const pythonTime = (millis: number): string => new Date(millis).toISOString().replace('T', ' ').replace('Z', '000');
