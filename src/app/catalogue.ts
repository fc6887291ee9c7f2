import { approvalsEvents, approvalsProjections } from '../approvals/index.js';
import { artifactsEvents, artifactsProjections } from '../artifacts/index.js';
import { auditProjections } from '../audit/index.js';
import { EventCatalogue, EventDefinition } from '../core/index.js';
import { evidenceEvents } from '../evidence/index.js';
import { mailEvents } from '../mail/index.js';
import { identityEvents, identityProjections, signaturesProjection } from '../identity/index.js';
import { policiesEvents, policiesProjections } from '../policies/index.js';
import { Projection } from '../projection/index.js';
import { registryEvents, registryProjections } from '../registry/index.js';
import { servingEvents, servingProjections } from '../serving/index.js';
import { trackingEvents, trackingProjections } from '../tracking/index.js';
import { trainingEvents, trainingProjections } from '../training/index.js';

/** Every event type that this version of Custody knows. `docs/events.md` is generated from it. */
export const EVENTS: readonly (readonly EventDefinition[])[] = [
  identityEvents,
  trackingEvents,
  artifactsEvents,
  registryEvents,
  approvalsEvents,
  policiesEvents,
  trainingEvents,
  servingEvents,
  mailEvents,
  evidenceEvents,
];

/** The event types that carry an electronic signature, as `signature`. */
const SIGNED_EVENTS = ['ApprovalSigned'];

/** Every read model, in the order in which they take in an event. */
export const PROJECTIONS: readonly Projection[] = [
  ...identityProjections,
  signaturesProjection(SIGNED_EVENTS),
  ...trackingProjections,
  ...artifactsProjections,
  ...registryProjections,
  ...approvalsProjections,
  ...policiesProjections,
  ...trainingProjections,
  ...servingProjections,
  ...auditProjections(new EventCatalogue(...EVENTS)),
];
