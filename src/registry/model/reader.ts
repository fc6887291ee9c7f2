import { Injectable } from '@nestjs/common';
import { errors, ModelId, RunId } from '../../core/index.js';
import { parseSource, Source } from '../source.js';
import { Stage } from '../stage.js';
import { Models } from './models.js';
import { latestVersions, Model, Version } from './state.js';

export type VersionSelector = { readonly stage: Stage } | { readonly version: number };

export interface ResolvedVersion {
  readonly modelId: ModelId;
  readonly name: string;
  readonly version: number;
  readonly stage: Stage;
  readonly source: string;
  /** The source, understood. */
  readonly location: Source;
  readonly runId?: RunId;
}

/** Reads the registry from the log itself: never behind, and the same in every process. */
@Injectable()
export class ModelReader {
  constructor(private readonly models: Models) {}

  /** The id of the model that has this name now. */
  async find(name: string): Promise<ModelId | undefined> {
    return this.models.holder(name);
  }

  /** The version with this number, or the newest in this stage. @throws CustodyError kind `not-found` */
  async resolve(name: string, selector: VersionSelector): Promise<ResolvedVersion> {
    const modelId = await this.models.find(name);
    const model = await this.models.load(modelId);
    const found = model.status === 'active' ? select(model, selector) : undefined;
    if (!found) throw notFound(name, selector);
    const { version, stage, source, runId } = found;
    return {
      modelId,
      name,
      version,
      stage,
      source,
      location: parseSource(source),
      ...(runId === undefined ? {} : { runId }),
    };
  }
}

const select = (model: Model, selector: VersionSelector): Version | undefined =>
  'stage' in selector ? latestVersions(model, [selector.stage])[0] : model.versions.get(selector.version);

const notFound = (name: string, selector: VersionSelector) =>
  'stage' in selector
    ? errors.notFound('no-version-in-stage', `no version of ${name} is in ${selector.stage}`, 'model')
    : errors.notFound(
        'version-not-found',
        `Model Version (name=${name}, version=${selector.version}) not found`,
        'model',
      );
