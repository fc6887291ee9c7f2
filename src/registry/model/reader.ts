import { Injectable } from '@nestjs/common';
import { ArtifactOwner } from '../../artifacts/index.js';
import { CustodyError, errors, LoggedModelId, ManifestDigest, ModelId, never, RunId } from '../../core/index.js';
import { isLatest, LATEST, noAlias } from '../alias.js';
import { Location, locationOf, VersionChoice } from '../source.js';
import { Stage } from '../stage.js';
import { Models } from './models.js';
import { latestVersions, Model, Version } from './state.js';

export type VersionSelector = VersionChoice;

export interface ResolvedVersion {
  readonly modelId: ModelId;
  readonly name: string;
  readonly version: number;
  readonly stage: Stage;
  readonly source: string;
  readonly storage?: string;
  /** Where its files are. */
  readonly location: Location;
  readonly runId?: RunId;
  readonly loggedModelId?: string;
}

/** Whose files they are and in which folder; `undefined` when Custody does not keep them. */
export function heldFiles(
  location: Location,
): { readonly of: ArtifactOwner | ManifestDigest; readonly path: string } | undefined {
  switch (location.kind) {
    case 'run':
      return { of: location.runId, path: location.path };
    case 'logged-model':
      return { of: location.loggedModelId as LoggedModelId, path: location.path };
    case 'sealed':
      return { of: location.manifest, path: location.path };
    case 'external':
    case 'prompt':
      return undefined;
    default:
      return never(location);
  }
}

/** Reads the registry from the log itself: never behind, and the same in every process. */
@Injectable()
export class ModelReader {
  constructor(private readonly models: Models) {}

  /** The id of the model that has this name now. */
  async find(name: string): Promise<ModelId | undefined> {
    return this.models.holder(name);
  }

  /** The name that a model has now. */
  nameOf(modelId: ModelId): Promise<string | undefined> {
    return this.models.nameOf(modelId);
  }

  /**
   * The version with this number or alias, the newest in this stage, or the newest of all.
   * @throws CustodyError kind `not-found`, or `invalid` for an alias that there is not
   */
  async resolve(name: string, selector: VersionSelector, field = 'model'): Promise<ResolvedVersion> {
    const modelId = await this.models.find(name);
    const model = await this.models.load(modelId);
    const found = model.status === 'active' ? select(model, selector) : undefined;
    if (!found) throw notFound(name, selector, field);
    const { version, stage, source, storage, runId, loggedModelId } = found;
    return {
      modelId,
      name,
      version,
      stage,
      source,
      location: locationOf(found),
      ...(storage === undefined ? {} : { storage }),
      ...(runId === undefined ? {} : { runId }),
      ...(loggedModelId === undefined ? {} : { loggedModelId }),
    };
  }
}

function select(model: Model, selector: VersionSelector): Version | undefined {
  if ('stage' in selector) return latestVersions(model, [selector.stage])[0];
  if ('version' in selector) return model.versions.get(selector.version);
  const alias = 'alias' in selector ? selector.alias : LATEST;
  const version = isLatest(alias)
    ? [...model.versions.keys()].reduce((a, b) => Math.max(a, b), 0)
    : model.aliases.get(alias);
  return version === undefined ? undefined : model.versions.get(version);
}

function notFound(name: string, selector: VersionSelector, field: string): CustodyError {
  if ('stage' in selector)
    return errors.notFound('no-version-in-stage', `no version of ${name} is in ${selector.stage}`, field);
  if ('version' in selector)
    return errors.notFound(
      'version-not-found',
      `Model Version (name=${name}, version=${selector.version}) not found`,
      field,
    );
  if ('alias' in selector && !isLatest(selector.alias)) return noAlias(selector.alias, field);
  return errors.notFound('version-not-found', `${name} has no version`, field);
}
