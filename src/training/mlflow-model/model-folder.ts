import { Artifact, TrainingOutput } from '../engine/index.js';
import { codeFiles } from './code.js';
import { environmentFiles } from './environment.js';
import { exampleFiles } from './example.js';
import { DATA_FILE, mlmodelYaml, ModelIdentity } from './mlmodel.js';

/**
 * What makes the folder of a trained model one that MLflow can load. `MLmodel` comes last: a folder that
 * has one is whole. The same output and identity give the same bytes.
 */
export function modelFolder({ artifacts, data }: TrainingOutput, identity: ModelIdentity): readonly Artifact[] {
  const { artifactPath } = identity;
  const model = artifacts.find(({ path }) => path === `${artifactPath}/${DATA_FILE}`);
  if (!model) throw new Error(`the training put no ${DATA_FILE} into ${artifactPath}`);
  const files = [...entries(codeFiles()), ...entries(environmentFiles), ...entries(exampleFiles(data))].map(
    ([name, bytes]) => ({ path: `${artifactPath}/${name}`, bytes }),
  );
  const size = [model, ...files].reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
  const mlmodel = new TextEncoder().encode(mlmodelYaml(data.features, identity, size));
  return [...files, { path: `${artifactPath}/MLmodel`, bytes: mlmodel }];
}

const entries = (files: Readonly<Record<string, string | Uint8Array>>): readonly [string, Uint8Array][] =>
  Object.entries(files).map(([name, content]) => [
    name,
    typeof content === 'string' ? new TextEncoder().encode(content) : content,
  ]);
