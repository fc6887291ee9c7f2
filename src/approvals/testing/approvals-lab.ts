import { RoomLab, TestPolicy } from '../../artifacts/testing/room-lab.js';
import {
  Actor,
  CommandContext,
  CustodyError,
  errors,
  EventDefinition,
  FixedClock,
  JsonObject,
  PersonalData,
  Role,
  Sealed,
  UserId,
} from '../../core/index.js';
import { AccessPolicy, Places } from '../../http/index.js';
import { DecisionMaker, Ledger, LEDGER } from '../../ledger/index.js';
import {
  Approvable,
  ApprovableKinds,
  approvalsEvents,
  ApprovalRules,
  ApprovalsCoreModule,
  ApprovalsModule,
  approvalsProjections,
  DecideApproval,
  DecideApprovalInput,
  dossierOf,
  Follows,
  RequestApproval,
  Signer,
  SignerAccounts,
} from '../index.js';
import { TestAccounts } from './test-accounts.js';
import { TestSigner } from './test-signer.js';

export const ANA = 'u-ana' as UserId;
export const REX = 'u-rex' as UserId;
export const RIA = 'u-ria' as UserId;
export const TOM = 'u-tom' as UserId;

/** Something that can be approved, and what became of it. */
export class TestDoor implements Approvable {
  readonly kind = 'door';
  width = 90;
  gone = false;
  /** Why it can't be opened now. */
  failure: Error | undefined;
  rulesNow: ApprovalRules = {
    order: 'parallel',
    steps: [{ role: 'reviewer', approvals: 2 }],
    expiresAfterHours: 24,
    excluded: [{ userId: TOM, why: 'built the door' }],
  };
  readonly follows: Follows = {
    types: ['DoorChanged'],
    concerns: ({ data }, { name }) => data['name'] === name,
  };
  readonly opened: { approvalId: string; context: CommandContext; requester: UserId }[] = [];

  async dossier(action: JsonObject) {
    if (this.gone) throw errors.notFound('door-not-found', 'there is no such door');
    return dossierOf({ ...action, width: this.width });
  }

  async rules() {
    return this.rulesNow;
  }

  async carryOut(context: CommandContext, { approvalId, requester }: { approvalId: string; requester: UserId }) {
    if (this.failure) throw this.failure;
    if (!this.opened.some((done) => done.approvalId === approvalId))
      this.opened.push({ approvalId, context, requester });
    return { open: true };
  }

  async requested(_context: CommandContext, action: JsonObject) {
    const { name } = action;
    if (typeof name !== 'string') throw errors.invalid('invalid-parameter', 'which door?', 'action.name');
    return { action: { name }, subject: { kind: 'door', id: name }, title: `open ${name}` };
  }
}

class OpenSeals extends PersonalData {
  seal(subject: string, plain: string): Sealed {
    return { subject, box: `v1.iv.${plain}` };
  }
  unseal({ box }: Sealed): string | undefined {
    return box.split('.')[2];
  }
}

const elsewhere = (type: string, sample: JsonObject): EventDefinition => ({
  type,
  summary: 'Something has happened in another room.',
  stream: 'elsewhere',
  resource: () => ({ kind: 'elsewhere', id: 'elsewhere' }),
  samples: [sample],
});

/** The whole room over a memory ledger; the reactor waits for nothing. */
export class ApprovalsLab {
  readonly policy = new TestPolicy();
  readonly signer = new TestSigner();
  readonly accounts = new TestAccounts();
  readonly door = new TestDoor();
  room!: RoomLab;

  static async open({ graceMs = 3_600_000, ledger }: { graceMs?: number; ledger?: (inner: Ledger) => Ledger } = {}) {
    const lab = new ApprovalsLab();
    const clock = new FixedClock();
    let inner: Ledger | undefined;
    lab.room = await RoomLab.open({
      modules: [ApprovalsCoreModule.forRoot({ clock, graceMs, retryMs: 5 }), ApprovalsModule],
      events: [
        ...approvalsEvents,
        elsewhere('DoorChanged', { name: 'front' }),
        elsewhere('AccountChanged', { userId: REX }),
      ],
      projections: approvalsProjections,
      providers: [
        { provide: AccessPolicy, useValue: lab.policy },
        { provide: Signer, useValue: lab.signer },
        { provide: SignerAccounts, useValue: lab.accounts },
        { provide: PersonalData, useClass: OpenSeals },
        { provide: LEDGER, useFactory: () => inner },
        { provide: TestDoor, useFactory: (kinds: ApprovableKinds) => kinds.add(lab.door), inject: [ApprovableKinds] },
        { provide: Places, useValue: { of: async () => [{ kind: 'models', name: 'lims', id: 'm1' }] } },
      ],
      ledger: (memory) => (inner = ledger?.(memory) ?? memory),
    });
    lab.clocks.push(clock, lab.room.clock);
    return lab;
  }

  private readonly clocks: FixedClock[] = [];

  advance(hours: number): void {
    for (const clock of this.clocks) clock.advance(hours * 3_600_000_000);
  }

  as(id: UserId, roles: readonly Role[] = ['reviewer'], actor: Partial<Actor> = {}): CommandContext {
    return this.room.context({ actor: { id, kind: 'person', via: 'password', roles, ...actor } });
  }

  request(context = this.as(ANA, ['analyst']), action: JsonObject = { name: 'front' }) {
    const input = { kind: 'door', action, subject: { kind: 'door', id: 'front' }, title: 'open the front door' };
    return this.room.commands.execute(new RequestApproval(context, input));
  }

  decide(context: CommandContext, approvalId: string, more: Partial<DecideApprovalInput> = {}) {
    const input = {
      approvalId,
      decision: 'approve' as const,
      meaning: 'approved' as const,
      reason: 'looked at it',
      digest: this.digest,
      credentials: { password: 'right' },
      ...more,
    };
    return this.room.commands.execute(new DecideApproval(context, input));
  }

  /** Of the door as it is now. */
  get digest(): string {
    return dossierOf({ name: 'front', width: this.door.width }).digest;
  }

  /** In another room; the read models have it. */
  async happened(type: 'DoorChanged' | 'AccountChanged', data: JsonObject): Promise<void> {
    await this.room.app.get(DecisionMaker, { strict: false }).record('elsewhere', [{ type, data }], this.as(ANA));
    await this.room.projector.catchUp();
  }

  /** Waits until the log has an event of this type. */
  async until(type: string): Promise<void> {
    while (!this.closed && !(await this.types()).includes(type)) await new Promise((later) => setTimeout(later, 5));
  }

  async types(): Promise<readonly string[]> {
    return (await this.room.events()).map(({ type }) => type);
  }

  private closed = false;

  close(): Promise<void> {
    this.closed = true;
    return this.room.close();
  }
}

export const errorOf = async (promise: Promise<unknown>): Promise<CustodyError> =>
  promise.then(
    () => {
      throw new Error('it was not refused');
    },
    (error: unknown) => {
      if (error instanceof CustodyError) return error;
      throw error;
    },
  );
