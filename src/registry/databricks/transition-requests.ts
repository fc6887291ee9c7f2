import { Injectable } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { Approval, ApprovalDirectory, Approvals, digestOf, ListApprovals, Subject } from '../../approvals/index.js';
import { CustodyError, errors, ModelId } from '../../core/index.js';
import { actionJson, MODEL_VERSION, PromotionAction, recordedAction } from '../approval/actions.js';
import { noVersion } from '../model/command.js';
import { Models } from '../model/models.js';
import { Stage, STAGES } from '../stage.js';

const MANY = 1000;

export type StageAction = Extract<PromotionAction, { type: 'stage' }>;
export interface StageRequest {
  readonly approval: Approval;
  readonly action: StageAction;
}

/** Open requests for stages of versions, as Databricks' clients name them: by version and stage, never by an id. */
@Injectable()
export class TransitionRequests {
  constructor(
    private readonly queries: QueryBus,
    private readonly models: Models,
    private readonly approvals: Approvals,
    private readonly directory: ApprovalDirectory,
  ) {}

  /** Newest first. */
  async open(name: string, version: number): Promise<readonly StageRequest[]> {
    const modelId = await this.models.find(name);
    if (!(await this.models.load(modelId)).versions.has(version))
      throw new CustodyError(noVersion({ name, version }).refusal);
    const subject = { kind: MODEL_VERSION, id: `${modelId}/${version}` };
    const { approvals } = await this.queries.execute(new ListApprovals({ state: 'open', subject, limit: MANY }));
    const listed = approvals.map(({ approval_id }) => approval_id);
    const ids = new Set([...(await this.latest({ modelId, name, version }, subject)), ...listed]);
    const found: StageRequest[] = [];
    for (const id of ids) {
      const approval = await this.approvals.find(id);
      if (approval.state !== 'open') continue;
      const action = recordedAction(approval.action);
      if (action.type === 'stage') found.push({ approval, action });
    }
    return found.sort((a, b) => b.approval.number - a.approval.number);
  }

  /**
   * From the log: a list may not have yet what somebody asked for a moment ago. It has what was asked for under
   * another name of the model.
   */
  private async latest(
    of: { readonly modelId: ModelId; readonly name: string; readonly version: number },
    subject: Subject,
  ): Promise<readonly string[]> {
    const asked = STAGES.flatMap((stage) => [true, false].map((archiveExisting) => ({ stage, archiveExisting })));
    const keys = asked.map((each) =>
      digestOf({ kind: MODEL_VERSION, action: actionJson({ type: 'stage', ...of, ...each }), subject: { ...subject } }),
    );
    const known = await Promise.all(keys.map((key) => this.directory.latest(key)));
    return known.flatMap((each) => (each === undefined ? [] : [each.approvalId]));
  }

  /** @throws CustodyError kind `not-found` when there is none, kind `state` when it is not clear which one is meant */
  async one(
    { name, version, stage }: { readonly name: string; readonly version: number; readonly stage: Stage },
    which: (request: StageRequest) => boolean = () => true,
  ): Promise<StageRequest> {
    const matching = (await this.open(name, version)).filter((each) => each.action.stage === stage && which(each));
    const [found, another] = matching;
    if (!found)
      throw errors.notFound(
        'transition-request-not-found',
        `there is no open request to move ${name} version ${version} to ${stage}`,
        'stage',
      );
    if (another) {
      const numbers = matching.map(({ approval }) => approval.number).join(' and ');
      throw errors.state(
        'transition-request-ambiguous',
        `requests ${numbers} ask for this stage in different ways: decide one of them under /api/v1/approvals`,
        'stage',
      );
    }
    return found;
  }
}
