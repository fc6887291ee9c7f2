import { artifactLocation, artifactPath } from '../artifacts/index.js';
import { CustodyError, errors, ExperimentId, RunId } from '../core/index.js';

/** Where a version's files are: among a run's artifacts, or somewhere that Custody only remembers. */
export type Source =
  | { readonly kind: 'run'; readonly runId: RunId; readonly experimentId?: ExperimentId; readonly path: string }
  | { readonly kind: 'external' };

const MAX_SOURCE = 2048;
const ALLOWED =
  'runs:/<run id>/<path>, mlflow-artifacts:/<experiment>/<run>/artifacts/<path>, or a plain https, s3 or gs URI';

/**
 * Reads a model version's source. Nothing local and nothing that climbs, however it is spelled: one
 * strict form for each kind, no query, fragment, credentials or encoded characters anywhere.
 * @throws CustodyError `source-invalid` naming the field
 */
export function parseSource(source: string, field = 'source'): Source {
  const refuse = (why: string) =>
    errors.invalid('source-invalid', `Invalid model version source: '${source.slice(0, 200)}'. ${why}`, field);
  if (source.length > MAX_SOURCE) throw refuse(`It is longer than ${MAX_SOURCE} characters.`);
  const match = /^([a-z][a-z0-9+.-]*):(\/{1,2})([^/].*)$/is.exec(source);
  if (!match) throw refuse(`It must be ${ALLOWED}.`);
  const [, scheme, slashes, rest] = match as unknown as [string, string, string, string];
  try {
    switch (scheme) {
      case 'runs':
        if (slashes === '/') return runSource(artifactPath(rest, field));
        break;
      case 'mlflow-artifacts':
        if (slashes === '/') return { kind: 'run', ...artifactLocation(rest.replace(/\/$/, ''), field) };
        break;
      case 'https':
      case 's3':
      case 'gs':
        if (slashes === '//') return externalSource(rest, field);
        break;
      default:
        break;
    }
  } catch (error) {
    if (error instanceof CustodyError) throw refuse(`${error.message}.`);
    throw error;
  }
  throw refuse(`It must be ${ALLOWED}.`);
}

function runSource(rest: string): Source {
  const match = /^([0-9a-f]{32})\/(.+)$/s.exec(rest);
  if (!match) throw errors.invalid('source-invalid', 'runs:/ is followed by a run id and a path');
  return { kind: 'run', runId: match[1] as RunId, path: match[2]! };
}

function externalSource(rest: string, field: string): Source {
  const path = artifactPath(rest.replace(/\/$/, '').replace(/:(\d{1,5})(?=\/|$)/, ''), field);
  if (/[?#;@]/.test(path)) throw errors.invalid('source-invalid', "it may hold no '?', '#', ';' or '@'");
  if (!/^[a-z0-9][a-z0-9.-]*(?:\/|$)/i.test(path)) throw errors.invalid('source-invalid', 'it names no host or bucket');
  // Our own artifact proxy under another name would get around the check that the run is the right one.
  if (/mlflow-artifacts/i.test(path))
    throw errors.invalid('source-invalid', 'artifacts of a run are named by runs:/ or mlflow-artifacts:/');
  return { kind: 'external' };
}
