import { DomainEvent, ModelId, RunId } from '../../core/index.js';
import { Tags } from '../rules.js';
import { Stage } from '../stage.js';

/** In all events: whose they are, the model's name at the time, server time of the command in ms. */
interface OfModel {
  readonly modelId: ModelId;
  readonly name: string;
  readonly at: number;
}
interface OfVersion extends OfModel {
  readonly version: number;
}
interface Described {
  readonly description: string;
}
interface Tagged {
  readonly key: string;
  readonly value: string;
}

export interface VersionCreated extends OfVersion {
  readonly source: string;
  /** Where the files are: sealed as they were, unless there were none yet, or they are not kept here. */
  readonly storage?: string;
  /** The logged model that the version was made from. */
  readonly loggedModelId?: string;
  /** The version that this one is a copy of. */
  readonly copyOf?: { readonly modelId: ModelId; readonly name: string; readonly version: number };
  readonly runId?: RunId;
  readonly runLink?: string;
  readonly description?: string;
  readonly tags: Tags;
  /** The same request again is the same version. */
  readonly requestKey?: string;
}

export interface VersionSealed extends OfVersion {
  readonly storage: string;
}

export interface StageChanged extends OfVersion {
  readonly runId?: RunId;
  readonly from: Stage;
  readonly to: Stage;
  /** Versions that left the stage for Archived in the same decision. */
  readonly archived: readonly number[];
  /** By which it was done, where that took one. */
  readonly approvalId?: string;
}

export interface RolledBack extends OfVersion {
  readonly runId?: RunId;
  /** The stage out of which the version came back into Production. */
  readonly from: Stage;
  /** Versions that left Production for Archived. */
  readonly archived: readonly number[];
  /** Where approvals were in force for the model: it was done without them, and owes a review under this id. */
  readonly rollbackId?: string;
}

export interface AliasSet extends OfVersion {
  readonly alias: string;
  /** The version that had the alias before. */
  readonly from?: number;
  readonly approvalId?: string;
}

export type ModelEvent =
  | DomainEvent<'ModelRegistered', OfModel & Partial<Described> & { readonly tags: Tags }>
  | DomainEvent<'RegisteredModelDescribed', OfModel & Described>
  | DomainEvent<'RegisteredModelTagSet', OfModel & Tagged>
  | DomainEvent<'RegisteredModelTagDeleted', OfModel & { readonly key: string }>
  | DomainEvent<'RegisteredModelDeleted', OfModel>
  | DomainEvent<'RegisteredModelAliasSet', AliasSet>
  | DomainEvent<'RegisteredModelAliasDeleted', OfVersion & { readonly alias: string; readonly approvalId?: string }>
  | DomainEvent<'ModelVersionCreated', VersionCreated>
  | DomainEvent<'ModelVersionSealed', VersionSealed>
  | DomainEvent<'ModelVersionDescribed', OfVersion & Described>
  | DomainEvent<'ModelVersionTagSet', OfVersion & Tagged>
  | DomainEvent<'ModelVersionTagDeleted', OfVersion & { readonly key: string }>
  | DomainEvent<'ModelVersionDeleted', OfVersion>
  | DomainEvent<'ModelVersionStageChanged', StageChanged>
  | DomainEvent<'ModelVersionRolledBack', RolledBack>;
