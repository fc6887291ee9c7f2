import { readFileSync } from 'node:fs';
import { compatibilityDocument, MlflowEndpoints } from './compatibility/document.js';
import { routes } from './compatibility/routes.js';

/** `docs/mlflow-compatibility.md`, from the program's own routes and the list of MLflow's. */
export const mlflowCompatibility = (): string =>
  compatibilityDocument(JSON.parse(readFileSync('docs/mlflow-endpoints.json', 'utf8')) as MlflowEndpoints, routes());
