import { KnownLoggedModel } from './logged-models.js';
import { Tags } from './rules.js';
import { ModelView, VersionView } from './view.js';

/** MLflow's ModelVersion message; text fields that it always fills are never left out. */
export const versionWire = (view: VersionView): object => ({
  name: view.name,
  version: String(view.version),
  creation_timestamp: view.createdAt,
  last_updated_timestamp: view.updatedAt,
  current_stage: view.stage,
  description: view.description ?? '',
  source: view.source,
  run_id: view.runId ?? '',
  status: 'READY',
  run_link: view.runLink ?? '',
  ...tagsWire(view.tags),
  ...(view.aliases.length > 0 ? { aliases: view.aliases } : {}),
  ...(view.loggedModelId === undefined ? {} : { model_id: view.loggedModelId }),
});

/** What a version that was made from a logged model says about that; metrics that are no number go out as text. */
export const loggedModelWire = (modelId: string, { params, metrics }: KnownLoggedModel): object => ({
  ...(params.length > 0 ? { model_params: params.map(([name, value]) => ({ name, value })) } : {}),
  ...(metrics.length > 0
    ? {
        model_metrics: metrics.map(({ key, value, timestamp, step }) => ({
          key,
          value: Number.isFinite(value) ? value : String(value),
          timestamp,
          step,
          model_id: modelId,
        })),
      }
    : {}),
});

/** MLflow's RegisteredModel message. */
export const modelWire = (view: ModelView): object => ({
  name: view.name,
  creation_timestamp: view.createdAt,
  last_updated_timestamp: view.updatedAt,
  ...(view.description ? { description: view.description } : {}),
  ...(view.latestVersions.length > 0 ? { latest_versions: view.latestVersions.map(versionWire) } : {}),
  ...tagsWire(view.tags),
  ...(view.aliases.length > 0
    ? { aliases: view.aliases.map(([alias, version]) => ({ alias, version: String(version) })) }
    : {}),
});

const tagsWire = (tags: Tags): object =>
  tags.length > 0 ? { tags: tags.map(([key, value]) => ({ key, value })) } : {};
