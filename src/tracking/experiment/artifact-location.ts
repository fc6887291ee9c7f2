import { Refusal } from '../../core/index.js';
import { lengthProblem } from '../keys.js';

const MAX_CHARACTERS = 2048;
/** Paths on this machine, and names that only mean something to a client, are no place for artifacts. */
const NO_PLACE: ReadonlySet<string> = new Set(['file', 'runs', 'models']);
/** URIs that send whoever opens them to a host of the writer's choice; MLflow refuses these too. */
const HOSTS: ReadonlySet<string> = new Set(['ftp', 'sftp', 'hdfs', 'viewfs', 'http', 'https', 'r2', 'b2', 'abfss']);

/**
 * Why this can't be recorded as an experiment's artifact location. Custody itself keeps every run's
 * artifacts under its own root and never opens a location; clients do, so nothing may get through that
 * points into the file system of whoever reads it.
 */
export function locationProblem(location: string): Refusal | undefined {
  const field = 'artifact_location';
  const refused = (why: string): Refusal => ({
    kind: 'invalid',
    code: 'invalid-artifact-location',
    message: `Invalid value for parameter '${field}': ${why}`,
    field,
  });
  const scheme = /^([a-z][a-z0-9+.-]+):\//i.exec(location)?.[1]?.toLowerCase();
  if (scheme === undefined) return refused("expected a URI such as 'mlflow-artifacts:/team' or 's3://bucket/path'");
  if (NO_PLACE.has(scheme) || HOSTS.has(scheme)) return refused(`the scheme '${scheme}' is not allowed`);
  if (/^mlflow-artifacts:\/\//i.test(location))
    return refused('it must not name a host: this server keeps artifacts itself');
  if (/[\u0000-\u001f\u007f\\?#;]/.test(location) || !location.isWellFormed()) {
    return refused("it must not hold control characters, backslashes, '?', '#' or ';'");
  }
  if (/%(00|25|2e|2f|5c)/i.test(location) || location.split('/').includes('..')) {
    return refused("it must not hold '..' or encoded dots, slashes and percent signs");
  }
  return lengthProblem('the location', location, MAX_CHARACTERS, field);
}
