import { uuidv7 } from '../dist/core/index.js';

const ACTOR = { id: 'u-1', kind: 'person', roles: ['analyst'], via: 'token' };
const CLIENT = { subject: 'u-1', box: `v1.${'x'.repeat(120)}` };

/** An event as a request of an analyst would record it, for logs that are filled without a server. */
export const event = (type, data) => ({
  id: uuidv7(),
  type,
  schema: 1,
  data,
  actor: ACTOR,
  origin: { requestId: uuidv7(), client: CLIENT },
  correlationId: uuidv7(),
});
