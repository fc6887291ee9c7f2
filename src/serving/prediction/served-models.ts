import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ArtifactReader } from '../../artifacts/index.js';
import { errors } from '../../core/index.js';
import { heldFiles, ResolvedVersion } from '../../registry/index.js';
import { LoadedModel, Predictor } from '../predictor.js';

/** The file of a version's source that holds the model. */
export const MODEL_FILE = 'model.json';
const MAX_MODEL_BYTES = 64 * 1024 * 1024;
const MAX_CACHED_BYTES = 256 * 1024 * 1024;

export interface ServedModel {
  readonly sha256: string;
  readonly model: LoadedModel;
}

/** Models by the digest of their file: what is cached under it can't be anything else. */
@Injectable()
export class ServedModels {
  private readonly cache = new LRUCache<string, LoadedModel>({ maxSize: MAX_CACHED_BYTES });

  constructor(
    private readonly artifacts: ArtifactReader,
    private readonly predictor: Predictor,
  ) {}

  async load({ name, version, location }: ResolvedVersion): Promise<ServedModel> {
    const held = heldFiles(location);
    if (!held) {
      throw errors.state(
        'model-not-held',
        `the files of version ${version} of ${name} are not kept here, so it can't predict here`,
        'model',
      );
    }
    const file = await this.artifacts.find(held.of, held.path === '' ? MODEL_FILE : `${held.path}/${MODEL_FILE}`);
    if (!file) {
      const message = `version ${version} of ${name} has no ${MODEL_FILE}; only models that Custody trained can predict here`;
      throw errors.state('model-file-missing', message, 'model');
    }
    const known = this.cache.get(file.sha256);
    if (known) return { sha256: file.sha256, model: known };
    const model = this.predictor.load(await this.artifacts.read(file, MAX_MODEL_BYTES));
    this.cache.set(file.sha256, model, { size: Math.max(1, file.size) });
    return { sha256: file.sha256, model };
  }
}
