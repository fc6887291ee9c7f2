import { EventDefinition } from '../core/index.js';
import { Projection } from '../projection/index.js';
import { commentEvents } from './comment/catalogue.js';
import { directoryEvents } from './directory/events.js';
import { modelEvents } from './model/catalogue.js';
import { activitiesProjection } from './queries/activities/projection.js';
import { registryProjection } from './queries/projection.js';
import { deliveriesProjection } from './webhooks/deliveries/projection.js';
import { signatureEvents } from './signature/catalogue.js';
import { webhookEvents } from './webhooks/catalogue.js';

export { ROLLBACK_REVIEW } from './rollback-review/owed-review.js';
export { MODEL_VERSION, type PromotionAction } from './approval/actions.js';
export { ReviewersDecide } from './approval/reviewers-decide.js';
export { type RunEvidence, RunEvidenceReader } from './approval/run-evidence.js';
export { modelStream } from './model/command.js';
export { Models } from './model/models.js';
export * from './commands/alias/alias.commands.js';
export * from './commands/create-version/create-version.command.js';
export * from './commands/delete/delete.commands.js';
export * from './commands/describe/describe.commands.js';
export * from './commands/register-model/register-model.command.js';
export * from './commands/rename-model/rename-model.command.js';
export * from './commands/roll-back/roll-back.command.js';
export * from './commands/tags/tags.commands.js';
export * from './commands/transition-stage/transition-stage.command.js';
export { aliasName, GOVERNED_ALIASES } from './alias.js';
export {
  type Gate,
  type Governed,
  NoPromotionRules,
  type Promotion,
  type PromotionRule,
  PromotionRules,
  type Purpose,
} from './approval/promotion-rules.js';
export { heldFiles, ModelReader, type ResolvedVersion, type VersionSelector } from './model/reader.js';
export { ModelHistory, type ModelRecord, type TagSetting, type VersionRecord } from './model/model-history.js';
export type { AliasSet, RolledBack, StageChanged } from './model/events.js';
export { versionResource } from './model/catalogue.js';
export { GetLatestVersions, GetRegisteredModel, SearchRegisteredModels } from './queries/models/query.js';
export { GetModelVersion, GetModelVersionByAlias, SearchModelVersions } from './queries/versions/query.js';
export * from './logged-models.js';
export * from './registry-core.module.js';
export * from './registry.module.js';
export { type Location } from './source.js';
export { keyIdIn } from './signature/bundle.js';
export { type ModelSigningKeyIntroduced, type ModelVersionSigned, type SigningKey } from './signature/events.js';
export { ModelSignaturesModule } from './signature/model-signatures.module.js';
export { ModelSigningKey, SigningKeyError } from './signature/signing-key.js';
export { signedName, type SignedFiles } from './signature/statement.js';
export { type ModelToVerify, type ModelVerdict, verifyModelSignature } from './signature/verify-model-signature.js';
export * from './stage.js';
export { type WebhookAllow } from './webhooks/sending/internal-receivers.js';
export { DatabricksModule } from './databricks/databricks.module.js';
export { Logins } from './databricks/logins.js';
export { resolveHost, WebhookSender } from './webhooks/sending/sender.js';
export { WebhooksModule } from './webhooks/webhooks.module.js';
export { type ModelView, type VersionView } from './view.js';

export const registryEvents: readonly EventDefinition[] = [
  ...directoryEvents,
  ...modelEvents,
  ...commentEvents,
  ...signatureEvents,
  ...webhookEvents,
];
export const registryProjections: readonly Projection[] = [
  registryProjection,
  deliveriesProjection,
  activitiesProjection,
];
export { ModelsMadeOf } from './queries/versions/made-of.js';
export { parseSource, type Source } from './source.js';
