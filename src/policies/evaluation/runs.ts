import { Position, RunId } from '../../core/index.js';
import { DatasetReader, RecordedInput, RunHistory, RunRecord } from '../../tracking/index.js';
import { InputEvidence, RunEvidence, SnapshotEvidence } from './evidence.js';
import { personOf } from './person.js';

const CONTEXT = 'mlflow.data.context';
const DATASET = 'custody.dataset_id';
const COMMIT = 'mlflow.source.git.commit';

/** Runs as evidence, with the registered data sets that their inputs name. */
export class Runs {
  constructor(
    private readonly runs: RunHistory,
    private readonly datasets: DatasetReader,
  ) {}

  async read(runId: RunId, loggedModelId?: string, before?: Position) {
    const record = await this.runs.read(runId, loggedModelId, before);
    if (!record) return undefined;
    return { tags: Object.fromEntries(record.tags), evidence: await this.evidence(record, before) };
  }

  private async evidence(record: RunRecord, before?: Position): Promise<RunEvidence> {
    const { runId, status, lifecycle, params, metrics, tags, writers } = record;
    const code = tags.get(COMMIT);
    const inputs = await Promise.all(record.inputs.map((input) => this.input(input, before)));
    return {
      runId,
      status,
      deleted: lifecycle === 'deleted',
      params: Object.fromEntries(params),
      metrics: Object.fromEntries(
        [...metrics].map(([key, { value, datasetDigest }]) => [
          key,
          { value, ...(datasetDigest === undefined ? {} : { dataset: datasetDigest }) },
        ]),
      ),
      inputs,
      ...(code === undefined ? {} : { code }),
      writers: writers.map(personOf),
    };
  }

  private async input(input: RecordedInput, before?: Position): Promise<InputEvidence> {
    const { name, digest, tags } = input;
    const context = tags.find(({ key }) => key === CONTEXT)?.value ?? '';
    const snapshot = await this.snapshot(input, before);
    return { name, digest, context, ...(snapshot ? { snapshot } : {}) };
  }

  /** By the tag of the input, or by the source that Custody's own worker writes. */
  private async snapshot({ tags, source }: RecordedInput, before?: Position): Promise<SnapshotEvidence | undefined> {
    const named = tags.find(({ key }) => key === DATASET)?.value ?? namedIn(source);
    const found = named === undefined ? undefined : await this.datasets.find(named, before);
    if (!found) return undefined;
    const { datasetId, sha256, rows, kept } = found;
    return { datasetId, sha256, rows, kept };
  }
}

function namedIn(source: RecordedInput['source']): string | undefined {
  if (typeof source !== 'string') return undefined;
  try {
    const parsed = JSON.parse(source) as { readonly dataset_id?: unknown } | null;
    return typeof parsed?.dataset_id === 'string' ? parsed.dataset_id : undefined;
  } catch {
    return undefined;
  }
}
