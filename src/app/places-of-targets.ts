import { Injectable } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApprovalDirectory, Approvals } from '../approvals/index.js';
import { ArtifactOwner, ownedLocation, SealedArtifacts, sealedLocation, sealedUri } from '../artifacts/index.js';
import { CustodyError, ExperimentId, ManifestDigest, ModelId, never, Place } from '../core/index.js';
import { Places, Target } from '../http/index.js';
import { MODEL_VERSION, ModelReader, ModelsMadeOf, parseSource, ROLLBACK_REVIEW, Source } from '../registry/index.js';
import { GetPrediction } from '../serving/index.js';
import { ExperimentReader, LoggedModelReader, RunReader } from '../tracking/index.js';
import { GetTrainingJob } from '../training/index.js';

const NOWHERE: readonly Place[] = [];

/**
 * Which experiment or model a thing belongs to, asked of the rooms that know. Any one of several places will
 * do: sealed files belong to the experiment that they came from and to each model that was made of them.
 */
@Injectable()
export class PlacesOfTargets extends Places {
  constructor(
    private readonly runs: RunReader,
    private readonly experiments: ExperimentReader,
    private readonly loggedModels: LoggedModelReader,
    private readonly sealed: SealedArtifacts,
    private readonly models: ModelReader,
    private readonly approvals: Approvals,
    private readonly numbers: ApprovalDirectory,
    private readonly queries: QueryBus,
  ) {
    super();
  }

  /** What is not there, or can't be read as what it should be, is nowhere. */
  async of(target: Target): Promise<readonly Place[]> {
    try {
      return await this.placesOf(target);
    } catch (error) {
      if (error instanceof CustodyError && (error.kind === 'not-found' || error.kind === 'invalid')) return NOWHERE;
      throw error;
    }
  }

  private async placesOf(target: Target): Promise<readonly Place[]> {
    switch (target.kind) {
      case 'experiment':
        return this.experiment(target.id);
      case 'experiment-name':
        return this.experimentNamed(target.name);
      case 'run':
        return this.owner(target.id as ArtifactOwner);
      case 'logged-model':
        return this.owner(target.id as ArtifactOwner);
      case 'model':
        return this.model(target.name);
      case 'model-id': {
        const name = await this.models.nameOf(target.id as ModelId);
        return name === undefined ? NOWHERE : [{ kind: 'models', name, id: target.id }];
      }
      case 'model-uri':
        return this.source(parseSource(target.uri));
      case 'artifacts':
        return this.artifacts(target.path);
      case 'job': {
        const { experiment } = await this.queries.execute(new GetTrainingJob(target.id));
        // The id says which one: another may have the name by now.
        return [{ kind: 'experiments', name: experiment.name, id: experiment.experiment_id }];
      }
      case 'prediction':
        return this.model((await this.queries.execute(new GetPrediction(target.id))).name);
      case 'approval':
        return this.approval(target.id);
      default:
        return never(target);
    }
  }

  /** Where what it is about belongs, by the name it had if it is gone; a request about a policy, say, is nowhere in particular. */
  private async approval(text: string): Promise<readonly Place[]> {
    const { subject, action } = await this.approvals.get(await this.numbers.idOf(text));
    if (subject.kind !== MODEL_VERSION && subject.kind !== ROLLBACK_REVIEW) return NOWHERE;
    const id = subject.id.split('/', 1)[0]!;
    const name = (await this.models.nameOf(id as ModelId)) ?? action['name'];
    return typeof name === 'string' ? [{ kind: 'models', name, id }] : NOWHERE;
  }

  private async artifacts(path: string): Promise<readonly Place[]> {
    const sealed = sealedLocation(path);
    return sealed ? this.seal(sealed.manifest) : this.owner(ownedLocation(path).runId);
  }

  private source(source: Source): Promise<readonly Place[]> | readonly Place[] {
    switch (source.kind) {
      case 'run':
        return this.owner(source.runId);
      case 'logged-model':
      case 'model':
        return this.owner(source.loggedModelId as ArtifactOwner);
      case 'version':
        return this.model(source.name);
      case 'sealed':
        return this.seal(source.manifest);
      case 'external':
      case 'prompt':
        return NOWHERE;
      default:
        return never(source);
    }
  }

  private async seal(manifest: ManifestDigest): Promise<readonly Place[]> {
    const { experimentId } = await this.sealed.origin(manifest);
    const models = await this.queries.execute(new ModelsMadeOf(sealedUri(manifest)));
    return [
      ...(await this.experiment(experimentId)),
      ...(await Promise.all(models.map((name) => this.model(name)))).flat(),
    ];
  }

  private async owner(id: ArtifactOwner): Promise<readonly Place[]> {
    const found = (await this.runs.load(id)) ?? (await this.loggedModels.load(id));
    return found?.experimentId === undefined ? NOWHERE : this.experiment(found.experimentId);
  }

  private async experiment(id: string): Promise<readonly Place[]> {
    return [{ kind: 'experiments', name: await this.experiments.nameOf(id as ExperimentId), id }];
  }

  /** Also for a name that nothing has yet: a pattern may cover it. */
  private async experimentNamed(name: string): Promise<readonly Place[]> {
    const found = await this.experiments.byName(name);
    return [{ kind: 'experiments', name, ...(found === undefined ? {} : { id: found.experimentId }) }];
  }

  private async model(name: string): Promise<readonly Place[]> {
    const id = await this.models.find(name);
    return [{ kind: 'models', name, ...(id === undefined ? {} : { id }) }];
  }
}
