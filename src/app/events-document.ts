import { renderEventCatalogue } from '../audit/index.js';
import { artifactsEvents } from '../artifacts/index.js';
import { evidenceEvents } from '../evidence/index.js';
import { identityEvents } from '../identity/index.js';
import { policiesEvents } from '../policies/index.js';
import { recordsEvents } from '../records/index.js';
import { registryEvents } from '../registry/index.js';
import { servingEvents } from '../serving/index.js';
import { trackingEvents } from '../tracking/index.js';
import { trainingEvents } from '../training/index.js';

/** `docs/events.md`, from the definitions that the program runs on. */
export const eventsDocument = (): string =>
  renderEventCatalogue({
    identity: identityEvents,
    tracking: trackingEvents,
    artifacts: artifactsEvents,
    registry: registryEvents,
    policies: policiesEvents,
    records: recordsEvents,
    training: trainingEvents,
    serving: servingEvents,
    evidence: evidenceEvents,
  });
