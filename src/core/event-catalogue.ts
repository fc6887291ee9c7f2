import { DomainEvent } from './envelope.js';
import { JsonObject } from './json.js';

/** What became of what somebody tried. */
export const OUTCOMES = ['ok', 'denied', 'failed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/**
 * One event type with its history. `samples` holds one frozen example for each schema version, oldest
 * first; a test replays them all, so a change that can't read old events fails.
 */
export interface EventDefinition {
  readonly type: string;
  /** One sentence for the catalogue: what happened. */
  readonly summary: string;
  /** Name of the stream it lives in, as a pattern: `run-<run id>`. */
  readonly stream: string;
  /** What the event is about, for the audit trail. Kind is singular: `run`, `model-version`. */
  readonly resource: (data: JsonObject) => ResourceRef;
  /** `denied` and `failed` events tell of something that did not take place. */
  readonly outcome?: Outcome;
  readonly samples: readonly [JsonObject, ...JsonObject[]];
  /** `upcasts[n]` turns data of schema n+1 into data of schema n+2. */
  readonly upcasts?: readonly ((data: JsonObject) => JsonObject)[];
}

export interface ResourceRef {
  readonly kind: string;
  readonly id: string;
  /** A name people know, as it was at the time. */
  readonly name?: string;
  /** What it belongs to (the experiment of a run, the model of a version): also found by it. */
  readonly parents?: readonly { readonly kind: string; readonly id: string }[];
}

/** All event types that a program knows. An unknown type or a newer schema is refused, never skipped. */
export class EventCatalogue {
  private readonly byType = new Map<string, EventDefinition>();

  constructor(...definitions: readonly (readonly EventDefinition[])[]) {
    for (const definition of definitions.flat()) {
      if (this.byType.has(definition.type)) throw new Error(`event type ${definition.type} is defined twice`);
      if ((definition.upcasts?.length ?? 0) !== definition.samples.length - 1) {
        throw new Error(
          `event type ${definition.type} needs one sample for each schema version and one upcast between two`,
        );
      }
      this.byType.set(definition.type, definition);
    }
  }

  get definitions(): readonly EventDefinition[] {
    return [...this.byType.values()];
  }

  /** The schema version that is written today. */
  schemaOf(type: string): number {
    return this.definition(type).samples.length;
  }

  definition(type: string): EventDefinition {
    const definition = this.byType.get(type);
    if (!definition) throw new UnknownEvent(`event type ${type} is unknown to this version of Custody`);
    return definition;
  }

  /** Data as today's code expects it, whatever schema it was written in. */
  upcast<E extends DomainEvent>(event: {
    readonly type: string;
    readonly schema: number;
    readonly data: JsonObject;
  }): E {
    const { type } = event;
    const definition = this.definition(type);
    const current = definition.samples.length;
    if (event.schema === current) return event as unknown as E;
    if (event.schema > current || event.schema < 1) {
      throw new UnknownEvent(
        `event type ${type} has schema ${event.schema}; this version of Custody knows 1 to ${current}`,
      );
    }
    const data = definition.upcasts!.slice(event.schema - 1).reduce((old, upcast) => upcast(old), event.data);
    return { ...event, schema: current, data } as unknown as E;
  }
}

/** The log holds an event that this program can't understand: it must stop rather than guess. */
export class UnknownEvent extends Error {
  override readonly name = 'UnknownEvent';
}
