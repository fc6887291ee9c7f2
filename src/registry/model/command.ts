import { ModelId, refuse, RunId } from '../../core/index.js';
import { Tags } from '../rules.js';
import { Stage } from '../stage.js';
import { VersionCreated } from './events.js';

/** Whose stream it is, the name by which it was found, and server time in Unix milliseconds. */
export interface Base {
  readonly modelId: ModelId;
  readonly name: string;
  readonly at: number;
}
interface OfVersion extends Base {
  readonly version: number;
}

export interface CreateVersion extends Base {
  readonly type: 'create-version';
  readonly source: string;
  readonly storage?: string;
  readonly loggedModelId?: string;
  readonly copyOf?: VersionCreated['copyOf'];
  readonly runId?: RunId;
  readonly runLink?: string;
  readonly description?: string;
  readonly tags: Tags;
  readonly requestKey?: string;
}

export interface Transition extends OfVersion {
  readonly type: 'transition';
  readonly stage: Stage;
  readonly archiveExisting: boolean;
  /** Whether the actor may move versions into and out of Production: checked here, where the stage is certain. */
  readonly mayPromote: boolean;
  /** Where the files of a version are sealed that were not when it was made. */
  readonly storage?: string;
  readonly approval?: GrantedApproval;
}

/** What was approved is done once, however often it is asked for. */
export interface GrantedApproval {
  readonly approvalId: string;
  /** Tags of the version that tell of it; nobody else may write them. */
  readonly tags: Tags;
}

/** A governed alias needs the right to promote, as Production does. */
export interface SetAlias extends OfVersion {
  readonly type: 'set-alias';
  readonly alias: string;
  readonly mayPromote: boolean;
  readonly storage?: string;
  readonly approval?: GrantedApproval;
}

export interface DeleteAlias extends Base {
  readonly type: 'delete-alias';
  readonly alias: string;
  readonly mayPromote: boolean;
  readonly approval?: GrantedApproval;
}

export type ModelCommand =
  | (Base & { readonly type: 'register'; readonly description?: string; readonly tags: Tags })
  | (Base & { readonly type: 'describe'; readonly description: string })
  | (Base & { readonly type: 'set-tag'; readonly key: string; readonly value: string })
  | (Base & { readonly type: 'delete-tag'; readonly key: string })
  | (Base & { readonly type: 'delete' })
  | CreateVersion
  | (OfVersion & { readonly type: 'describe-version'; readonly description: string })
  | (OfVersion & { readonly type: 'set-version-tag'; readonly key: string; readonly value: string })
  | (OfVersion & { readonly type: 'delete-version-tag'; readonly key: string })
  | (OfVersion & { readonly type: 'delete-version' })
  /** The files of a version are sealed: what is reviewed is what is served. */
  | (OfVersion & { readonly type: 'seal-version'; readonly storage?: string })
  /** How the request for its approval stands, in tags. */
  | (OfVersion & { readonly type: 'note-approval'; readonly tags: Tags })
  | Transition
  | SetAlias
  | DeleteAlias
  | (Base & { readonly type: 'roll-back'; readonly rollbackId?: string });

export const modelStream = (modelId: ModelId): string => `model-${modelId}`;

export const noModel = (name: string) =>
  refuse('not-found', 'model-not-found', `Registered Model with name=${name} not found`, 'name');

export const noVersion = ({ name, version }: { readonly name: string; readonly version: number }) =>
  refuse('not-found', 'version-not-found', `Model Version (name=${name}, version=${version}) not found`, 'version');
