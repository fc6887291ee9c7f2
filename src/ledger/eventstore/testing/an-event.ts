import { EventId, NewEvent, UserId, uuidv7 } from '../../../core/index.js';

export function anEvent(over: Partial<NewEvent> = {}): NewEvent {
  const requestId = uuidv7();
  return {
    id: uuidv7() as EventId,
    type: 'ThingNoted',
    schema: 1,
    actor: { id: 'u-1' as UserId, kind: 'person', roles: ['analyst'], via: 'token' },
    origin: { requestId },
    correlationId: requestId,
    data: { note: 'a' },
    ...over,
  };
}

export const someEvents = (count: number, over: Partial<NewEvent> = {}): readonly NewEvent[] =>
  Array.from({ length: count }, (_, index) => anEvent({ data: { index }, ...over }));

export const ids = (events: readonly { readonly id: string }[]): readonly string[] => events.map(({ id }) => id);
