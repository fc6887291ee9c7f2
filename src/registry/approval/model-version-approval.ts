import { Injectable, OnModuleInit, Optional } from '@nestjs/common';
import {
  Approvable,
  ApprovableKinds,
  ApprovalRules,
  Approvals,
  approvalsOf,
  Dossier,
  dossierOf,
  Follows,
  Requestable,
} from '../../approvals/index.js';
import {
  CommandContext,
  CustodyError,
  errors,
  JsonObject,
  RecordedEvent,
  systemContext,
  systemClock,
  UserId,
} from '../../core/index.js';
import { noVersion } from '../model/command.js';
import { Asked, Models } from '../model/models.js';
import { Sources } from '../model/sources.js';
import { Model } from '../model/state.js';
import { MODEL_VERSION, PromotionAction, promotionOf, recordedAction, sentAction, titleOf } from './actions.js';
import { Approving, moveOf } from './approving.js';
import { dossierContent } from './dossier.js';
import { APPROVAL_REQUEST, APPROVAL_STATUS, APPROVED_BY, REVIEWER } from './governed-tag.js';
import { NoPromotionRules, PromotionRule, PromotionRules, Purpose } from './promotion-rules.js';
import { RunEvidenceReader } from './run-evidence.js';

/** Promotions of versions, as something that is approved. */
@Injectable()
export class ModelVersionApproval implements Approvable, Requestable, OnModuleInit {
  readonly kind = MODEL_VERSION;
  private readonly policies: PromotionRules;

  constructor(
    private readonly models: Models,
    private readonly sources: Sources,
    private readonly approving: Approving,
    @Optional() policies?: PromotionRules,
    @Optional() private readonly runs?: RunEvidenceReader,
    @Optional() private readonly kinds?: ApprovableKinds,
    @Optional() private readonly approvals?: Approvals,
  ) {
    this.policies = policies ?? new NoPromotionRules();
  }

  /** That the version or its model is gone, the model has another name, or other rules are in force. */
  get follows(): Follows {
    return { types: [...OF_MODELS, ...this.policies.changedBy], concerns };
  }

  onModuleInit(): void {
    this.kinds?.add(this);
  }

  async requested(context: CommandContext, json: JsonObject) {
    const sent = sentAction(json);
    const modelId = await this.models.find(sent.name);
    const model = await this.models.load(modelId);
    const version = sent.version ?? ('alias' in sent ? model.aliases.get(sent.alias) : undefined);
    if (version === undefined || !model.versions.has(version))
      throw new CustodyError(noVersion({ name: sent.name, version: version ?? 0 }).refusal);
    const action = { ...sent, modelId, version } as PromotionAction;
    if (!(await this.approving.changes(action)))
      throw errors.state('nothing-to-approve', `${titleOf(action)}: that is so already`, 'action');
    const rule = await this.policies.of(context, promotionOf(action));
    if (!rule) throw notNeeded(action);
    await this.approving.assertGates(context, action, rule);
    await this.approving.ready(context, action);
    return this.approving.asked(action);
  }

  async dossier(json: JsonObject): Promise<Dossier> {
    const { action, model } = await this.found(json);
    const version = model.versions.get(action.version)!;
    const run = version.runId === undefined ? undefined : await this.runs?.of(version.runId);
    const rule = await this.ruleFor(looking(), action, 'explanation');
    return dossierOf(dossierContent({ action, model, version, run, gates: rule?.gates ?? [] }));
  }

  async rules(json: JsonObject): Promise<ApprovalRules> {
    const { action } = await this.found(json);
    const rule = await this.ruleFor(looking(), action, 'explanation');
    if (!rule) throw notNeeded(action);
    return rule.rules;
  }

  async carryOut(
    context: CommandContext,
    {
      approvalId,
      action: json,
    }: { readonly approvalId: string; readonly action: JsonObject; readonly requester: UserId },
  ): Promise<JsonObject> {
    const { action, model } = await this.found(json);
    if (!model.approvals.has(approvalId)) await this.move(context, approvalId, action);
    const { version } = action;
    return { model_id: action.modelId, name: action.name, version, ...this.outcome(action) };
  }

  private async move(context: CommandContext, approvalId: string, action: PromotionAction): Promise<void> {
    const { modelId, name, version } = action;
    const rule = await this.policies.of(context, promotionOf(action));
    const failed = (rule?.gates ?? []).filter(({ passed }) => !passed);
    if (failed.length > 0) {
      // Somebody else may have done it meanwhile, after which it needs to pass nothing.
      if ((await this.models.load(modelId)).approvals.has(approvalId)) return;
      const why = failed.map(({ gate, why: reason }) => `${gate}: ${reason}`).join('; ');
      throw errors.state('gates-not-passed', `${titleOf(action)} is not possible any more: ${why}`);
    }
    const sealed = action.type === 'delete-alias' ? {} : await this.sources.sealVersion(context, name, version);
    const approval = { approvalId, tags: action.type === 'delete-alias' ? [] : await this.tags(approvalId) };
    await this.models.decideOn(modelId, name, { ...moveOf(action), ...sealed, approval } as Asked, context);
  }

  private outcome(action: PromotionAction): JsonObject {
    return action.type === 'stage' ? { stage: action.stage } : { alias: action.alias };
  }

  /** For people, and for programs that read tags; the signatures themselves are in the request. */
  private async tags(approvalId: string) {
    const approval = await this.approvals?.get(approvalId);
    const signers = approval === undefined ? [] : approvalsOf(approval).map(({ signer }) => signer);
    const by = signers.join(', ');
    return [
      [APPROVAL_STATUS, 'Approved'],
      [APPROVAL_REQUEST, String(approval?.number ?? '')],
      [APPROVED_BY, by],
      [REVIEWER, by],
    ] as const;
  }

  /** The model under the name that it has now. @throws CustodyError kind `not-found` */
  private async found(json: JsonObject): Promise<{ readonly action: PromotionAction; readonly model: Model }> {
    const recorded = recordedAction(json);
    const model = await this.models.load(recorded.modelId);
    const name = (await this.models.nameOf(recorded.modelId)) ?? recorded.name;
    const action = { ...recorded, name };
    if (!model.versions.has(action.version)) throw new CustodyError(noVersion(action).refusal);
    return { action, model };
  }

  private ruleFor(
    context: CommandContext,
    action: PromotionAction,
    purpose: Purpose,
  ): Promise<PromotionRule | undefined> {
    return this.policies.of(context, promotionOf(action), purpose);
  }
}

const OF_MODELS = ['ModelVersionDeleted', 'RegisteredModelDeleted', 'RegisteredModelRenamed'] as const;

/** What changes the rules may change them for every model. */
function concerns({ type, data }: RecordedEvent, action: JsonObject): boolean {
  if (!(OF_MODELS as readonly string[]).includes(type)) return true;
  if (data['modelId'] !== action['model_id']) return false;
  return type !== 'ModelVersionDeleted' || data['version'] === action['version'];
}

const notNeeded = (action: PromotionAction) =>
  errors.state(
    'approval-not-needed',
    `no policy asks for an approval of this any more: ${titleOf(action)} is done directly`,
  );

/** Whoever looks decides nothing. */
const looking = (): CommandContext => systemContext(systemClock.now(), 'a request for approval was read');
