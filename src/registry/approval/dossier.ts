import { createHash } from 'node:crypto';
import { JsonObject } from '../../core/index.js';
import { Model, inStage, Version } from '../model/state.js';
import { locationOf } from '../source.js';
import { actionJson, MODEL_VERSION, PromotionAction } from './actions.js';
import { isWrittenByWorkflow } from './governed-tag.js';
import { Gate } from './promotion-rules.js';
import { RunEvidence } from './run-evidence.js';

/** A dossier is one event, which has a limit; what does not fit stands there with its digest. */
const MAX_ENTRIES = 300;
const MAX_TEXT = 300;

export interface Shown {
  readonly action: PromotionAction;
  readonly model: Model;
  readonly version: Version;
  readonly run: RunEvidence | undefined;
  readonly gates: readonly Gate[];
}

/**
 * What an approver is shown: what would be promoted, what it was made of, and what it would replace. Nothing in
 * it changes by time alone, nor by the workflow itself: it would be stale whenever somebody looks.
 */
export function dossierContent({ action, model, version, run, gates }: Shown): JsonObject {
  const { description, source, storage, runId, loggedModelId, stage, tags } = version;
  const location = locationOf(version);
  return {
    kind: MODEL_VERSION,
    action: actionJson(action),
    model: { id: action.modelId, name: action.name, ...defined({ description: short(model.description) }) },
    version: {
      number: version.version,
      stage,
      source,
      ...defined({
        storage,
        files_digest: location.kind === 'sealed' ? location.manifest : undefined,
        run_id: runId,
        logged_model_id: loggedModelId,
        description: short(description),
      }),
      tags: bounded(Object.fromEntries([...tags].filter(([key]) => !isWrittenByWorkflow(key)))),
    },
    run: run === undefined ? null : runContent(run),
    replaces: {
      in_production: inStage(model, 'Production').filter((other) => other !== version.version),
      ...(action.type === 'stage' ? {} : { alias_on: model.aliases.get(action.alias) ?? null }),
    },
    gates: gates.map(({ gate, passed }) => ({ gate, passed })),
  };
}

const runContent = ({ params, metrics, tags, inputs, trainedBy }: RunEvidence): JsonObject => ({
  trained_by: trainedBy,
  params: bounded(params),
  metrics: bounded(metrics),
  tags: bounded(tags),
  data_sets: inputs
    .slice(0, MAX_ENTRIES)
    .map(({ name, digest, context }) => ({ name, digest, ...defined({ context }) })),
  ...(inputs.length > MAX_ENTRIES
    ? { data_sets_digest: sha256(JSON.stringify(inputs)), data_sets_count: inputs.length }
    : {}),
});

function bounded(entries: JsonObject): JsonObject {
  const sorted = Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1));
  const shown = Object.fromEntries(
    sorted.slice(0, MAX_ENTRIES).map(([key, value]) => [key, typeof value === 'string' ? short(value)! : value]),
  );
  if (sorted.length <= MAX_ENTRIES) return shown;
  return { ...shown, '…': `${sorted.length} in all, sha256:${sha256(JSON.stringify(sorted))}` };
}

function short(text: string | undefined): string | undefined {
  if (text === undefined || text.length <= MAX_TEXT) return text;
  return `${text.slice(0, 80)}… (${text.length} characters, sha256:${sha256(text)})`;
}

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

const defined = (fields: Readonly<Record<string, string | undefined>>): JsonObject =>
  Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined));
