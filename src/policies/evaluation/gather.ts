import { Injectable } from '@nestjs/common';
import { ArtifactReader } from '../../artifacts/index.js';
import { CustodyError, errors, Micros, ModelId, Position, RunId, toIso } from '../../core/index.js';
import { heldFiles, ModelHistory, ModelRecord, VersionRecord } from '../../registry/index.js';
import { DatasetReader, RunHistory } from '../../tracking/index.js';
import { Gate, PolicyDocument } from '../document/policy.js';
import { Evidence, FilesEvidence, OverlapEvidence, ReproductionEvidence, Target, VersionEvidence } from './evidence.js';
import { FileReading } from './file-reading.js';
import { comparedSnapshots } from './gates/data.js';
import { REPRODUCED_IN } from './gates/reproduction.js';
import { MAX_MLMODEL_BYTES, readMlmodel } from './mlmodel.js';
import { Overlaps } from './overlap.js';
import { personOf } from './person.js';
import { Runs } from './runs.js';

export interface Question {
  readonly modelId: ModelId;
  readonly model: string;
  readonly version: number;
  readonly target: Target;
  readonly now: Micros;
  /** As it was before this position of the log, where one is given. */
  readonly before?: Position;
}

/** What costs reading every byte is read only where a gate asks for it. */
export interface Needs {
  readonly bytes: boolean;
  /** One for several questions, so that what they have in common is read once. */
  readonly reading?: FileReading;
  readonly overlaps: readonly { readonly by: readonly string[]; readonly split: boolean }[];
}

export function needsOf(policies: readonly PolicyDocument[]): Needs {
  const gates: readonly Gate[] = policies.flatMap((policy) => policy.gates);
  return {
    bytes: gates.some(({ gate }) => gate === 'artifacts_verified'),
    overlaps: gates.flatMap((gate) =>
      gate.gate === 'disjoint_data' ? [{ by: gate.by ?? [], split: gate.split }] : [],
    ),
  };
}

/** Collects all that gates look at, from the log itself: never behind, and the same at any later time. */
@Injectable()
export class Gatherer {
  private readonly runs: Runs;

  constructor(
    private readonly models: ModelHistory,
    runs: RunHistory,
    private readonly artifacts: ArtifactReader,
    private readonly overlaps: Overlaps,
    datasets: DatasetReader,
  ) {
    this.runs = new Runs(runs, datasets);
  }

  /** @throws CustodyError kind `not-found` when there is no such version */
  async gather(question: Question, needs: Needs): Promise<Evidence> {
    const { modelId, model, version: number, target, now, before } = question;
    const record = await this.models.read(modelId, before);
    const version = record.status === 'active' ? record.versions.get(number) : undefined;
    if (!version)
      throw errors.notFound(
        'version-not-found',
        `Model Version (name=${model}, version=${number}) not found`,
        'version',
      );
    const reading = needs.bytes ? (needs.reading ?? this.reading()) : undefined;
    const candidate = await this.version(version, reading, before);
    const production = lastInProduction(record, number);
    return {
      modelId,
      model,
      target,
      at: toIso(now),
      modelTags: Object.fromEntries(record.tags),
      version: candidate,
      ...(production ? { production: await this.version(production, undefined, before) } : {}),
      ...(record.promotedAt === undefined ? {} : { promotedAt: record.promotedAt }),
      ...(await this.reproduction(candidate, before)),
      overlaps: await this.compare(candidate, needs),
    };
  }

  /** Opening a file reads all of it and compares its digest; what is not as recorded is recorded as damage. */
  reading(maxBytes?: number): FileReading {
    return new FileReading(async (file) => {
      const opened = await readable(() => this.artifacts.open(file));
      opened?.destroy();
      return opened !== undefined;
    }, maxBytes);
  }

  private async version(
    record: VersionRecord,
    reading: FileReading | undefined,
    before?: Position,
  ): Promise<VersionEvidence> {
    const { version, stage, createdAt, registeredBy, runId, loggedModelId } = record;
    const run = runId === undefined ? undefined : await this.runs.read(runId, loggedModelId, before);
    const files = await this.files(record, reading, before);
    const tags = [...record.tags].map(([key, { value, by }]) => [
      key,
      { value, by: personOf(by), byService: by.kind === 'service' && by.onBehalfOf === undefined },
    ]);
    return {
      version,
      stage,
      createdAt,
      registeredBy: personOf(registeredBy),
      tags: Object.fromEntries(tags) as VersionEvidence['tags'],
      runTags: run?.tags ?? {},
      ...(run ? { run: run.evidence } : {}),
      ...(files ? { files } : {}),
    };
  }

  private async files(
    { location }: VersionRecord,
    reading: FileReading | undefined,
    before?: Position,
  ): Promise<FilesEvidence | undefined> {
    if (location.kind === 'prompt') return undefined;
    const held = heldFiles(location);
    if (!held) return { kept: false, files: 0, description: 'missing', flavors: [] };
    const files = await this.artifacts.filesIn(held.of, held.path, before);
    const description = files.get('MLmodel');
    const read = description && (await this.description(description));
    const damaged = await reading?.damagedOf(files);
    return {
      kept: true,
      files: files.size,
      description: !description ? 'missing' : read ? 'read' : 'unreadable',
      flavors: read?.flavors ?? [],
      ...(read?.signature ? { signature: read.signature } : {}),
      ...(damaged ? { damaged } : {}),
    };
  }

  private async description(file: { readonly sha256: string; readonly size: number }) {
    if (file.size > MAX_MLMODEL_BYTES) return undefined;
    const bytes = await readable(() => this.artifacts.read(file, MAX_MLMODEL_BYTES));
    return bytes && readMlmodel(bytes);
  }

  private async reproduction(
    { tags }: VersionEvidence,
    before?: Position,
  ): Promise<{ readonly reproduction?: ReproductionEvidence }> {
    const runId = Object.hasOwn(tags, REPRODUCED_IN) ? tags[REPRODUCED_IN]!.value : '';
    if (!/^[0-9a-f]{32}$/.test(runId)) return {};
    const run = await this.runs.read(runId as RunId, undefined, before);
    return { reproduction: { runId, ...(run ? { run: run.evidence } : {}) } };
  }

  private async compare({ run }: VersionEvidence, { overlaps }: Needs): Promise<readonly OverlapEvidence[]> {
    const found: OverlapEvidence[] = [];
    for (const { by, split } of overlaps) {
      const pairs = comparedSnapshots(run, split);
      if (typeof pairs === 'string') continue;
      for (const { training, testing } of pairs)
        found.push(await this.overlaps.compare(training.snapshot!, testing.snapshot!, by));
    }
    return found;
  }
}

/** What a version is compared with: emptying Production first must not be a way past the comparison. */
function lastInProduction({ inProduction, production, versions }: ModelRecord, but: number): VersionRecord | undefined {
  const others = [...production, ...inProduction].filter((version) => version !== but && versions.has(version));
  return versions.get(others.at(-1) ?? 0);
}

/** `undefined` for bytes that are gone or not what was recorded; that a disk does not answer is no finding. */
async function readable<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof CustodyError && error.kind === 'lost') return undefined;
    throw error;
  }
}
