import { Injectable, OnModuleInit, Optional } from '@nestjs/common';
import { Approvable, ApprovableKinds, ApprovalRules, Dossier, dossierOf, NEVER_HOURS } from '../../approvals/index.js';
import { CommandContext, errors, JsonObject, RecordedEvent, toIso } from '../../core/index.js';
import { DecisionMaker } from '../../ledger/index.js';
import { RunEvidenceReader } from '../approval/run-evidence.js';
import { modelStream } from '../model/command.js';
import { ModelEvent, RolledBack } from '../model/events.js';
import { absentModel, evolve, Version } from '../model/state.js';
import { ROLLBACK_REVIEW, rollbackOf } from './owed-review.js';

interface Found {
  readonly event: RecordedEvent;
  readonly data: RolledBack;
  /** The version that came back, as it was then. */
  readonly version: Version | undefined;
}

/**
 * What was done without the approvals that a policy asks for is looked at afterwards. A signature says whether it
 * was right; it undoes nothing and does nothing.
 */
@Injectable()
export class RollbackApproval implements Approvable, OnModuleInit {
  readonly kind = ROLLBACK_REVIEW;

  constructor(
    private readonly decisions: DecisionMaker,
    @Optional() private readonly runs?: RunEvidenceReader,
    @Optional() private readonly kinds?: ApprovableKinds,
  ) {}

  onModuleInit(): void {
    this.kinds?.add(this);
  }

  /** All of it is of the moment of the rollback: what happens later doesn't change what was signed. */
  async dossier(action: JsonObject): Promise<Dossier> {
    const { event, data, version } = await this.find(action);
    return dossierOf({
      kind: ROLLBACK_REVIEW,
      model: { id: data.modelId, name: data.name },
      rolled_back: {
        by: event.actor.id,
        at: toIso(event.recordedAt),
        why: event.reason ?? null,
        to_version: data.version,
        out_of_stage: data.from,
        archived: data.archived,
        event_id: event.id,
      },
      version: version === undefined ? null : ofVersion(version),
    });
  }

  async rules(action: JsonObject): Promise<ApprovalRules> {
    const { data } = await this.find(action);
    const run = data.runId === undefined ? undefined : await this.runs?.of(data.runId);
    return {
      order: 'parallel',
      steps: [{ role: 'reviewer', or: ['auditor'], approvals: 1 }],
      expiresAfterHours: NEVER_HOURS,
      afterwards: true,
      excluded: (run?.trainedBy ?? []).map((userId) => ({ userId, why: 'trained the run of the version' })),
    };
  }

  /** The signature is all there is to it. */
  async carryOut(
    _context: CommandContext,
    { action: { name, version } }: { readonly action: JsonObject },
  ): Promise<JsonObject> {
    return { reviewed: true, name: name!, version: version! };
  }

  private async find(action: JsonObject): Promise<Found> {
    const { modelId, rollbackId } = rollbackOf(action);
    let model = absentModel;
    for await (const event of this.decisions.history<ModelEvent>(modelStream(modelId))) {
      model = evolve(model, event);
      if (event.type !== 'ModelVersionRolledBack' || event.data.rollbackId !== rollbackId) continue;
      return { event, data: event.data, version: model.versions.get(event.data.version) };
    }
    throw errors.notFound('rollback-not-found', 'there was no such rollback');
  }
}

const ofVersion = ({ version, source, storage, runId }: Version): JsonObject => ({
  number: version,
  source,
  ...(storage === undefined ? {} : { storage }),
  ...(runId === undefined ? {} : { run_id: runId }),
});
