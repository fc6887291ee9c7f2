import { Injectable } from '@nestjs/common';
import { ArtifactStore } from '../../artifacts/index.js';
import { DatasetId, errors, Position } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { datasetDecider, datasetStream } from './decide.js';
import { Dataset, DatasetEvent } from './events.js';

/** Data sets as the log has them now, with their bytes: no read model, so workers use it too. */
@Injectable()
export class DatasetReader {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly store: ArtifactStore,
  ) {}

  /** @throws not-found */
  async get(datasetId: string): Promise<Dataset> {
    const known = /^d-[0-9a-f]{32}$/.test(datasetId)
      ? (await this.decisions.load(datasetDecider, datasetStream(datasetId as DatasetId))).state
      : undefined;
    if (!known)
      throw errors.notFound(
        'dataset-not-found',
        `there is no data set ${JSON.stringify(datasetId.slice(0, 80))}; POST /api/v1/datasets registers one`,
        'dataset_id',
      );
    return known;
  }

  /** The data set as it was before a position, and whether its bytes are here now. */
  async find(datasetId: string, before?: Position): Promise<(Dataset & { readonly kept: boolean }) | undefined> {
    if (!/^d-[0-9a-f]{32}$/.test(datasetId)) return undefined;
    for await (const { data } of this.decisions.history<DatasetEvent>(datasetStream(datasetId as DatasetId), before))
      return { ...data, kept: await this.store.has(data.sha256) };
    return undefined;
  }

  /** The data set with its bytes, verified against the recorded digest. @throws not-found, unavailable */
  async load(datasetId: string): Promise<{ info: Dataset; bytes: Buffer }> {
    const info = await this.get(datasetId);
    return { info, bytes: await this.store.read(info.sha256) };
  }
}
