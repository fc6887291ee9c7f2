import { artifactFolder, artifactLocation, artifactPath, sealedLocation } from '../artifacts/index.js';
import { CustodyError, errors, ExperimentId, ManifestDigest, RunId } from '../core/index.js';
import { aliasName } from './alias.js';
import { isPromptSource } from './prompt.js';
import { modelName } from './rules.js';
import { findStage, Stage } from './stage.js';

/** Where a version's files are. Of `external` ones Custody only remembers the text; it never goes there. */
export type Location =
  | { readonly kind: 'run'; readonly runId: RunId; readonly experimentId?: ExperimentId; readonly path: string }
  | {
      readonly kind: 'logged-model';
      readonly loggedModelId: string;
      readonly experimentId: ExperimentId;
      readonly path: string;
    }
  /** Files as they were when the version was made: nothing changes them. */
  | { readonly kind: 'sealed'; readonly manifest: ManifestDigest; readonly path: string }
  | { readonly kind: 'external' }
  /** A prompt's version: its text is a tag, it has no files. */
  | { readonly kind: 'prompt' };

export type VersionChoice =
  { readonly version: number } | { readonly stage: Stage } | { readonly alias: string } | { readonly latest: true };

/** What a client may name as the source of a new version. */
export type Source =
  | Location
  | { readonly kind: 'model'; readonly loggedModelId: string }
  | { readonly kind: 'version'; readonly name: string; readonly choice: VersionChoice };

const MAX_SOURCE = 2048;
const LOGGED_MODEL = /^m-[0-9a-f]{32}$/;
/**
 * Where a store's own client knows whom to ask. A scheme that names any host (http, ftp, hdfs, abfss, …) would
 * make whoever follows it call that host; MLflow refuses the same ones (GHSA-mr9f-g8qf-4w4j).
 */
const REMOTE = new Set(['s3', 'gs', 'wasb', 'wasbs']);
/** Azure's URIs name the container before an `@`; elsewhere that would be credentials. */
const CONTAINER = /^[a-z0-9$][a-z0-9-]{0,62}@(?=[a-z0-9])/;
const HAS_CONTAINER = new Set(['wasb', 'wasbs']);
const ALLOWED =
  'runs:/<run id>/<path>, models:/<model id>, models:/<name>/<version>, models:/<name>@<alias>, ' +
  'mlflow-artifacts:/<experiment>/<run>/artifacts/<path>, or a plain URI of s3, gs or wasbs';

/**
 * Reads a model version's source. Nothing local and nothing that climbs, however it is spelled: one
 * strict form for each kind, no query, fragment, credentials or encoded characters anywhere.
 * @throws CustodyError `source-invalid` naming the field
 */
export function parseSource(source: string, field = 'source'): Source {
  if (source.length > MAX_SOURCE) throw refused(source, `It is longer than ${MAX_SOURCE} characters.`, field);
  const match = /^([a-z][a-z0-9+.-]*):(\/{1,2})([^/].*)$/s.exec(source);
  if (!match) throw refused(source, `It must be ${ALLOWED}.`, field);
  const [, scheme, slashes, rest] = match as unknown as [string, string, string, string];
  try {
    const found = slashes === '/' ? ours(scheme, rest, field) : undefined;
    if (found) return found;
    if (REMOTE.has(scheme) && slashes === '//') return external(scheme, rest, field);
  } catch (error) {
    if (error instanceof CustodyError) throw refused(source, `${error.message}.`, field);
    throw error;
  }
  throw refused(source, `It must be ${ALLOWED}.`, field);
}

/** Where the files of a version are that has been accepted. Its source may have moved since; its storage can't. */
export function locationOf({ source, storage }: { readonly source: string; readonly storage?: string }): Location {
  if (isPromptSource(source)) return { kind: 'prompt' };
  const location = parseSource(storage ?? source);
  if (location.kind === 'model' || location.kind === 'version')
    throw new Error(`the version with the source ${source} does not say where its files are`);
  return location;
}

/** The source of a prompt's version is one of MLflow's two placeholders, and nothing else. */
export function promptSource(source: string, field = 'source'): void {
  if (!isPromptSource(source)) throw refused(source, "A prompt's version has no files.", field);
}

function ours(scheme: string, rest: string, field: string): Source | undefined {
  switch (scheme) {
    case 'runs':
      return runSource(artifactPath(rest, field));
    case 'models':
      return modelSource(rest);
    case 'mlflow-artifacts':
      return (
        sealedFiles(rest, field) ??
        loggedModelFiles(rest, field) ?? { kind: 'run', ...artifactLocation(rest.replace(/\/$/, ''), field) }
      );
    default:
      return undefined;
  }
}

function runSource(rest: string): Source {
  const match = /^([0-9a-f]{32})\/(.+)$/s.exec(rest);
  if (!match) throw invalid('runs:/ is followed by a run id and a path');
  return { kind: 'run', runId: match[1] as RunId, path: match[2]! };
}

function modelSource(rest: string): Source {
  if (/%[0-9a-f]{2}/i.test(rest)) throw invalid('it is percent-encoded');
  if (/[\\?#;]/.test(rest)) throw invalid("it may hold no '\\', '?', '#' or ';'");
  if (LOGGED_MODEL.test(rest)) return { kind: 'model', loggedModelId: rest };
  const [, first, second] = /^([^/]+)(?:\/([^/]+))?$/s.exec(rest) ?? [];
  if (first !== undefined && second !== undefined) {
    return { kind: 'version', name: modelName(first), choice: choiceOf(second) };
  }
  const at = first?.lastIndexOf('@') ?? -1;
  if (first === undefined || at < 1) throw invalid('models:/ is followed by a model id, a version or an alias');
  return { kind: 'version', name: modelName(first.slice(0, at)), choice: { alias: aliasName(first.slice(at + 1)) } };
}

function choiceOf(text: string): VersionChoice {
  if (/^[1-9]\d{0,8}$/.test(text)) return { version: Number(text) };
  if (text.toLowerCase() === 'latest') return { latest: true };
  const stage = findStage(text);
  if (!stage) throw invalid('a name is followed by a version, a stage or latest');
  return { stage };
}

function sealedFiles(rest: string, field: string): Location | undefined {
  const found = sealedLocation(rest, field);
  return found && { kind: 'sealed', ...found };
}

function loggedModelFiles(rest: string, field: string): Location | undefined {
  const folder = artifactFolder(rest, field);
  const match = /^(0|[1-9]\d{0,18})\/models\/(m-[0-9a-f]{32})\/artifacts(?:\/(.+))?$/s.exec(folder);
  if (!match) return undefined;
  const [, experimentId, loggedModelId, path = ''] = match;
  return { kind: 'logged-model', experimentId: experimentId as ExperimentId, loggedModelId: loggedModelId!, path };
}

function external(scheme: string, rest: string, field: string): Source {
  const addressed = HAS_CONTAINER.has(scheme) ? rest.replace(CONTAINER, '') : rest;
  const path = artifactPath(addressed.replace(/\/$/, '').replace(/:(\d{1,5})(?=\/|$)/, ''), field);
  if (/[?#;@]/.test(path)) throw invalid("it may hold no '?', '#', ';' or '@'");
  if (!/^[a-z0-9][a-z0-9._-]*(?:\/|$)/i.test(path)) throw invalid('it names no host or bucket');
  // Our own artifact proxy under another name would get around the check that the run is the right one.
  if (/mlflow-artifacts/i.test(path)) throw invalid('artifacts of a run are named by runs:/ or mlflow-artifacts:/');
  return { kind: 'external' };
}

const invalid = (why: string) => errors.invalid('source-invalid', why);

const refused = (source: string, why: string, field: string) =>
  errors.invalid('source-invalid', `Invalid model version source: '${source.slice(0, 200)}'. ${why}`, field);
