import { Injectable } from '@nestjs/common';
import { Actor, ModelId, Position, RecordedEvent } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { Location, locationOf } from '../source.js';
import { modelStream } from './command.js';
import { ModelEvent } from './events.js';
import { absentModel, evolve, inStage, Model, Version } from './state.js';

/** A tag of a version with who set it: a value alone does not tell whether it may be believed. */
export interface TagSetting {
  readonly value: string;
  readonly by: Actor;
}

export interface VersionRecord extends Omit<Version, 'tags'> {
  readonly location: Location;
  readonly tags: ReadonlyMap<string, TagSetting>;
  readonly registeredBy: Actor;
}

/** A model as it was, with who did what. */
export interface ModelRecord {
  readonly status: Model['status'];
  readonly tags: ReadonlyMap<string, string>;
  readonly versions: ReadonlyMap<number, VersionRecord>;
  readonly inProduction: readonly number[];
  /** All that ever were, in order, as far as they are still there; one that was rolled back is not among them. */
  readonly production: readonly number[];
  readonly aliases: ReadonlyMap<string, number>;
  /** Unix milliseconds of when a version last came into Production. */
  readonly promotedAt?: number;
}

interface Known {
  readonly registeredBy: Actor;
  readonly tags: Map<string, TagSetting>;
}

/** Answers what the registry held at any time, from the log itself. */
@Injectable()
export class ModelHistory {
  constructor(private readonly decisions: DecisionMaker) {}

  /** As it is now, or was before a position. */
  async read(modelId: ModelId, before?: Position): Promise<ModelRecord> {
    let state = absentModel;
    let promotedAt: number | undefined;
    const known = new Map<number, Known>();
    for await (const event of this.decisions.history<ModelEvent>(modelStream(modelId), before)) {
      state = evolve(state, event);
      note(known, event);
      if (intoProduction(event)) promotedAt = event.data.at;
    }
    const versions = [...state.versions].map(([number, version]) => [number, recordOf(version, known)] as const);
    return {
      status: state.status,
      tags: new Map(state.tags),
      versions: new Map(versions),
      inProduction: inStage(state, 'Production'),
      production: state.production.toArray(),
      aliases: new Map(state.aliases),
      ...(promotedAt === undefined ? {} : { promotedAt }),
    };
  }
}

const intoProduction = ({ type, data }: ModelEvent): boolean =>
  type === 'ModelVersionRolledBack' || (type === 'ModelVersionStageChanged' && data.to === 'Production');

function note(known: Map<number, Known>, event: RecordedEvent & ModelEvent): void {
  const { actor: by } = event;
  if (event.type === 'ModelVersionCreated') {
    const tags = new Map(event.data.tags.map(([key, value]) => [key, { value, by }]));
    known.set(event.data.version, { registeredBy: by, tags });
  } else if (event.type === 'ModelVersionTagSet') {
    known.get(event.data.version)?.tags.set(event.data.key, { value: event.data.value, by });
  } else if (event.type === 'ModelVersionTagDeleted') {
    known.get(event.data.version)?.tags.delete(event.data.key);
  }
}

function recordOf(version: Version, all: ReadonlyMap<number, Known>): VersionRecord {
  const known = all.get(version.version);
  if (!known) throw new Error(`version ${version.version} is in a model's state and was never created`);
  return { ...version, ...known, location: locationOf(version) };
}
