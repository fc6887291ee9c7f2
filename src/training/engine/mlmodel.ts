import { colspec } from './data-profile.js';
import { Forest, LIBRARY } from './forest.js';
import { MODEL_VERSION } from './model-file.js';

/**
 * MLflow's description of a logged model (YAML). Nothing in it depends on time or chance, so that a model
 * trained again has the same bytes. Texts are written as JSON strings, which YAML reads as they are.
 */
export function mlmodelYaml(artifactPath: string, { features }: Forest): string {
  const inputs = JSON.stringify(features.map((feature) => colspec('double', feature)));
  const outputs = JSON.stringify([
    colspec('long', 'predicted_class'),
    colspec('double', 'probability'),
    colspec('string', 'risk'),
  ]);
  return [
    `artifact_path: ${JSON.stringify(artifactPath)}`,
    'flavors:',
    '  custody.random_forest:',
    '    data: model.json',
    `    format_version: ${MODEL_VERSION}`,
    `    library: ${JSON.stringify(LIBRARY)}`,
    'signature:',
    `  inputs: ${JSON.stringify(inputs)}`,
    `  outputs: ${JSON.stringify(outputs)}`,
    '  params: null',
    '',
  ].join('\n');
}
