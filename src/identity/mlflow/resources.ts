import { Injectable, Optional } from '@nestjs/common';
import { errors, NamePattern, Place, ScopedRole } from '../../core/index.js';
import { Places } from '../../http/index.js';
import { PERMISSION_LEVELS, PermissionLevel } from '../user/events.js';

export type RoleScope = ScopedRole['scope'];
/** Named as MLflow's permission calls name it. */
export interface Resource {
  readonly type: string;
  readonly pattern: string;
}

/** MLflow's kinds of things that Custody has; prompts are registered models here. */
const OFFERED = { experiment: 'experiments', registered_model: 'models' } as const;
export type ResourceType = keyof typeof OFFERED;
const ALL = '*' as NamePattern;

/** What else MLflow knows. Named one by one, so that a misspelt kind is told from one that is not offered. */
const OTHERS = `prompt scorer gateway_secret gateway_endpoint gateway_model_definition mcp_server run trace assessment
  logged_model review_queue registered_model_version prompt_version scorer_version mcp_server_version workspace`.split(
  /\s+/,
);

/** @throws CustodyError kind `invalid` */
export function resourceType(type: string): ResourceType {
  if (type in OFFERED) return type as ResourceType;
  const known = Object.keys(OFFERED).join(' and ');
  const why = OTHERS.includes(type)
    ? 'permissions here are for'
    : 'there is no such resource type; permissions are for';
  throw errors.invalid('resource-type-not-offered', `${why} ${known}, not for ${type.slice(0, 80)}`, 'resource_type');
}

/** @throws CustodyError kind `invalid` */
export function permissionLevel(text: string): PermissionLevel {
  const level = PERMISSION_LEVELS.find((each) => each === text);
  if (level !== undefined) return level;
  const why =
    text === 'DENY' || text === 'NO_PERMISSIONS'
      ? `${text} can't be granted: whoever has no permission is denied already, so revoke what they have`
      : `Invalid permission '${text.slice(0, 80)}'. Valid permissions are: ${PERMISSION_LEVELS.join(', ')}`;
  throw errors.invalid('permission-not-offered', why, 'permission');
}

/**
 * From MLflow's way of naming things to the scope of a right, and back. One thing is meant by its id, so that no
 * character of its name widens anything, a new name keeps the right, and another thing of that name never gets it.
 */
@Injectable()
export class Resources {
  constructor(@Optional() private readonly places?: Places) {}

  /** @throws CustodyError kind `not-found` for what there is not */
  async scopeOf(resource: Resource): Promise<RoleScope> {
    const scope = await this.find(resource);
    if (scope) return scope;
    const { type, pattern } = resource;
    throw errors.notFound('resource-not-found', `there is no ${type} ${pattern.slice(0, 256)}`, 'resource_id');
  }

  async find({ type, pattern }: Resource): Promise<RoleScope | undefined> {
    const kind = resourceType(type);
    if (pattern === ALL) return { kind: OFFERED[kind], pattern: ALL };
    const place = await this.place(kind, pattern);
    if (place?.id === undefined) return undefined;
    return { kind: kind === 'experiment' ? 'experiment' : 'model', id: place.id };
  }

  /** Where it is now; `undefined` for what there is not. */
  async place(type: ResourceType, pattern: string): Promise<Place | undefined> {
    const places = await this.places?.of(
      type === 'experiment' ? { kind: 'experiment', id: pattern } : { kind: 'model', name: pattern },
    );
    return places?.find(({ id }) => id !== undefined);
  }

  /** A model that has gone is named by its id. */
  async named(scope: RoleScope): Promise<Resource> {
    switch (scope.kind) {
      case 'experiments':
        return { type: 'experiment', pattern: scope.pattern };
      case 'models':
        return { type: 'registered_model', pattern: scope.pattern };
      case 'experiment':
        return { type: 'experiment', pattern: scope.id };
      case 'model': {
        const [place] = (await this.places?.of({ kind: 'model-id', id: scope.id })) ?? [];
        return { type: 'registered_model', pattern: place?.name ?? scope.id };
      }
    }
  }
}
