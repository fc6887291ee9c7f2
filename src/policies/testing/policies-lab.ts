import { Module } from '@nestjs/common';
import { CommandHandler, ICommandHandler } from '@nestjs/cqrs';
import { ApprovableKinds, RequestApproval } from '../../approvals/index.js';
import { artifactsEvents, ArtifactsModule, artifactsProjections, StoreArtifact } from '../../artifacts/index.js';
import { RoomLab } from '../../artifacts/testing/room-lab.js';
import {
  Actor,
  CommandContext,
  ExperimentId,
  JsonObject,
  PersonalData,
  Role,
  RunId,
  UserId,
} from '../../core/index.js';
import {
  CreateModelVersion,
  ModelReader,
  RegisterModel,
  registryEvents,
  RegistryModule,
  registryProjections,
  SetModelAlias,
  SetRegistryTag,
  TransitionStage,
} from '../../registry/index.js';
import {
  CreateExperiment,
  EndRun,
  LogBatch,
  LogInputs,
  RegisterDataset,
  StartRun,
  trackingEvents,
  TrackingModule,
  trackingProjections,
} from '../../tracking/index.js';
import { TestSealing } from '../../tracking/testing/sealing.js';
import { CaughtUp, policiesEvents, PoliciesModule, policiesProjections, PublishedPolicies } from '../index.js';

export const MODEL = 'lims_contamination_detector';

export const person = (id: string, ...roles: readonly Role[]): Actor => ({
  id: id as UserId,
  kind: 'person',
  roles,
  via: 'password',
});
export const KIM = person('u-kim', 'analyst');
export const RIA = person('u-ria', 'reviewer');

interface Opened {
  readonly context: CommandContext;
  readonly input: RequestApproval['input'];
}

/** Opens requests as the approvals room does; `grant` stands for the last signature. */
export class TestApprovals {
  readonly opened: Opened[] = [];
}

@CommandHandler(RequestApproval)
class OpenRequest implements ICommandHandler<RequestApproval> {
  constructor(
    private readonly approvals: TestApprovals,
    private readonly kinds: ApprovableKinds,
  ) {}
  async execute({ context, input }: RequestApproval) {
    const { digest } = await this.kinds.get(input.kind).dossier(input.action);
    this.approvals.opened.push({ context, input });
    const number = this.approvals.opened.length;
    return { approvalId: `ap-${number}`, number, state: 'open' as const, digest };
  }
}

@Module({ providers: [OpenRequest] })
class TestApprovalsModule {}

export interface TrainedVersion {
  readonly runId: RunId;
  readonly version: number;
}

export interface Training {
  readonly by?: Actor;
  readonly metrics?: Readonly<Record<string, number>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  /** Ids of registered data sets by what they were used for. */
  readonly data?: Readonly<Record<string, string>>;
  readonly mlmodel?: string;
}

export const MLMODEL = `flavors:
  sklearn: { code: null }
signature:
  inputs: '[{"type": "double", "name": "ph_level", "required": true}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}}]'
`;

/** The rooms that policies judge, with the policies, over a memory ledger. */
export class PoliciesLab {
  readonly approvals = new TestApprovals();
  readonly kinds = new ApprovableKinds();
  room!: RoomLab;
  experimentId!: ExperimentId;

  static async open(): Promise<PoliciesLab> {
    const lab = new PoliciesLab();
    lab.room = await RoomLab.open({
      modules: [TrackingModule, ArtifactsModule, RegistryModule, PoliciesModule, TestApprovalsModule],
      events: [...trackingEvents, ...artifactsEvents, ...registryEvents, ...policiesEvents],
      projections: [...trackingProjections, ...artifactsProjections, ...registryProjections, ...policiesProjections],
      providers: [
        { provide: PersonalData, useValue: new TestSealing() },
        { provide: ApprovableKinds, useValue: lab.kinds },
        { provide: TestApprovals, useValue: lab.approvals },
        { provide: CaughtUp, useValue: { toNow: () => lab.room.projector.catchUp() } },
      ],
    });
    const created = await lab.room.commands.execute(new CreateExperiment(lab.as(KIM), { name: 'LIMS' }));
    lab.experimentId = created.experimentId;
    await lab.room.commands.execute(new RegisterModel(lab.as(KIM), { name: MODEL }));
    return lab;
  }

  as(actor: Actor, more: Partial<CommandContext> = {}): CommandContext {
    return this.room.context({ actor, reason: 'a test', ...more });
  }

  get rules(): PublishedPolicies {
    return this.room.app.get(PublishedPolicies);
  }

  async dataset(name: string, csv: string): Promise<string> {
    const { datasetId } = await this.room.commands.execute(
      new RegisterDataset(this.as(KIM), { name, body: Buffer.from(csv) }),
    );
    return datasetId;
  }

  /** A run with all that is given, its model, and a version of it. */
  async train({
    by = KIM,
    metrics = {},
    params = {},
    tags = {},
    data = {},
    mlmodel = MLMODEL,
  }: Training): Promise<TrainedVersion> {
    const { commands, runs } = this.room;
    const context = this.as(by);
    const { experimentId } = this;
    const { runId } = await commands.execute(new StartRun(context, { experimentId }));
    runs.runs.set(runId, { experimentId, active: true });
    const at = { timestamp: 1, step: 0 };
    const pairs = (of: Readonly<Record<string, string>>) => Object.entries(of).map(([key, value]) => ({ key, value }));
    await commands.execute(
      new LogBatch(context, {
        runId,
        metrics: Object.entries(metrics).map(([key, value]) => ({ key, value, ...at })),
        params: pairs(params),
        tags: pairs(tags),
      }),
    );
    const inputs = Object.entries(data).map(([use, id]) => ({
      name: use,
      digest: id.slice(2, 10),
      sourceType: 'http',
      source: '{"url":"https://lims.example"}',
      tags: [
        { key: 'mlflow.data.context', value: use },
        { key: 'custody.dataset_id', value: id },
      ],
    }));
    if (inputs.length > 0) await commands.execute(new LogInputs(context, { runId, inputs }));
    for (const [path, body] of [
      ['model/MLmodel', mlmodel],
      ['model/model.pkl', 'bytes'],
    ] as const)
      await commands.execute(new StoreArtifact(context, { runId, experimentId, path, body: Buffer.from(body) }));
    await commands.execute(new EndRun(context, { runId, status: 'FINISHED' }));
    const made = await commands.execute(
      new CreateModelVersion(context, { name: MODEL, source: `runs:/${runId}/model`, runId }),
    );
    return { runId, version: made.version };
  }

  tag(version: number, key: string, value: string, by: Actor = KIM) {
    return this.room.commands.execute(new SetRegistryTag(this.as(by), { name: MODEL, version, key, value }));
  }

  move(version: number, stage: string) {
    return this.room.commands.execute(
      new TransitionStage(this.as(RIA), { name: MODEL, version, stage, archiveExisting: stage === 'Production' }),
    );
  }

  alias(version: number, alias: string) {
    return this.room.commands.execute(new SetModelAlias(this.as(RIA), { name: MODEL, version, alias }));
  }

  /** What the registry asks. */
  async ask(version: number, to = 'Production', type: 'stage' | 'alias' | 'delete-alias' = 'stage') {
    const modelId = (await this.room.app.get(ModelReader).find(MODEL))!;
    return this.rules.of(this.as(RIA), { type, modelId, name: MODEL, version, to });
  }

  /** The last signature under the newest request. */
  async grant(context: Partial<CommandContext> = {}): Promise<JsonObject> {
    const { input } = this.approvals.opened.at(-1)!;
    const approvalId = `ap-${this.approvals.opened.length}`;
    return this.kinds.get(input.kind).carryOut(this.as(RIA, { idempotencyKey: approvalId, ...context }), {
      approvalId,
      action: input.action,
      requester: KIM.id,
    });
  }

  async send<T = Record<string, unknown>>(
    method: 'GET' | 'POST',
    path: string,
    body?: object,
  ): Promise<{ status: number; body: T }> {
    await this.room.projector.catchUp();
    const answer = await this.room.app.inject({ method, url: `/api/v1${path}`, ...(body ? { payload: body } : {}) });
    return { status: answer.statusCode, body: answer.json<T>() };
  }

  async publish(source: string): Promise<void> {
    const drafted = await this.send<{ name: string; version: number }>('POST', '/policies', { source });
    if (drafted.status !== 201) throw new Error(JSON.stringify(drafted.body));
    const { name, version } = drafted.body;
    const asked = await this.send('POST', `/policies/${name}/versions/${version}/proposal`, { reason: 'a test' });
    if (asked.status !== 201) throw new Error(JSON.stringify(asked.body));
    await this.grant();
  }

  close(): Promise<void> {
    return this.room.close();
  }
}
