import { Inject } from '@nestjs/common';
import { IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { errors, Micros, NamePattern, Role, UserId } from '../../../core/index.js';
import { named, ReadModels } from '../../../projection/index.js';
import { ApprovalState, GivenSignature } from '../../approval/events.js';
import { progressOf, rolesAsked } from '../../approval/progress.js';
import { type ApprovalsOptions, APPROVALS_OPTIONS } from '../../options.js';
import { ApprovalRules } from '../../port.js';
import { ApprovalRow, ApprovalsSchema } from './table.js';

export interface ListedApproval extends Omit<ApprovalRow, 'rules' | 'signatures' | 'action'> {
  readonly action: unknown;
  /** What is still missing, while it is open. */
  readonly missing: readonly { readonly step: number; readonly role: Role; readonly approvals: number }[];
  /** Of reviews only, which do not expire: whether nobody has signed it yet. */
  readonly overdue?: boolean;
}

export interface ApprovalPage {
  readonly approvals: readonly ListedApproval[];
  readonly nextPageToken?: string;
}

/** Whose: those somebody asked for, or those that wait for somebody with these roles. */
export type Mine =
  | { readonly what: 'requested'; readonly userId: UserId }
  | { readonly what: 'to-decide'; readonly userId: UserId; readonly roles: readonly Role[] };

/** Newest first. */
export class ListApprovals extends Query<ApprovalPage> {
  constructor(
    readonly input: {
      readonly state?: ApprovalState;
      readonly subject?: { readonly kind: string; readonly id?: string };
      readonly mine?: Mine;
      readonly limit: number;
      readonly pageToken?: string;
      /** Names of models that may be seen. */
      readonly within?: readonly NamePattern[];
      /** Kinds of which somebody sees their own requests only. */
      readonly confidential?: { readonly kinds: readonly string[]; readonly to: UserId };
    },
  ) {
    super();
  }
}

/** Open requests whose time is over: nobody has noted it yet. */
export class OverdueApprovals extends Query<readonly string[]> {}

const CHUNK = 500;

@QueryHandler(ListApprovals)
export class ListApprovalsHandler implements IQueryHandler<ListApprovals> {
  constructor(
    private readonly readModels: ReadModels,
    @Inject(APPROVALS_OPTIONS) private readonly options: ApprovalsOptions,
  ) {}

  async execute({ input }: ListApprovals): Promise<ApprovalPage> {
    const { limit, pageToken, mine } = input;
    const now = this.options.clock.now();
    const found: ApprovalRow[] = [];
    let before = pageToken === undefined ? Number.MAX_SAFE_INTEGER : readToken(pageToken);
    for (;;) {
      const rows = await this.chunk(input, before, now);
      found.push(...rows.filter((row) => mine?.what !== 'to-decide' || waitsFor(row, mine)));
      before = rows.at(-1)?.number ?? 0;
      if (found.length > limit || rows.length < CHUNK) break;
    }
    const page = found.slice(0, limit).map((row) => listed(row, now));
    return { approvals: page, ...(found.length > limit ? { nextPageToken: String(page.at(-1)!.number) } : {}) };
  }

  private chunk({ state, subject, mine, within, confidential }: ListApprovals['input'], before: number, now: Micros) {
    let query = this.readModels
      .db<ApprovalsSchema>()
      .selectFrom('approvals')
      .selectAll()
      .where('number', '<', before)
      .orderBy('number', 'desc')
      .limit(CHUNK);
    const wanted = mine?.what === 'to-decide' ? 'open' : state;
    if (wanted === 'open') query = query.where('state', '=', 'open').where('expires_at', '>', now);
    else if (wanted === 'expired')
      query = query.where((or) =>
        or.or([or('state', '=', 'expired'), or.and([or('state', '=', 'open'), or('expires_at', '<=', now)])]),
      );
    else if (wanted !== undefined) query = query.where('state', '=', wanted);
    if (subject) query = query.where('subject_kind', '=', subject.kind);
    if (subject?.id !== undefined) query = query.where('subject_id', '=', subject.id);
    if (mine?.what === 'requested') query = query.where('requester', '=', mine.userId);
    if (within) query = query.where(named('model_name', within));
    if (confidential && confidential.kinds.length > 0)
      query = query.where((or) =>
        or.or([or('kind', 'not in', confidential.kinds), or('requester', '=', confidential.to)]),
      );
    return query.execute();
  }
}

@QueryHandler(OverdueApprovals)
export class OverdueApprovalsHandler implements IQueryHandler<OverdueApprovals> {
  constructor(
    private readonly readModels: ReadModels,
    @Inject(APPROVALS_OPTIONS) private readonly options: ApprovalsOptions,
  ) {}

  async execute(): Promise<readonly string[]> {
    const rows = await this.readModels
      .db<ApprovalsSchema>()
      .selectFrom('approvals')
      .select('approval_id')
      .where('state', '=', 'open')
      .where('expires_at', '<=', this.options.clock.now())
      .limit(CHUNK)
      .execute();
    return rows.map(({ approval_id }) => approval_id);
  }
}

const approvalsIn = ({ signatures, digest }: ApprovalRow) =>
  (JSON.parse(signatures) as readonly GivenSignature[]).filter(
    (given) => given.decision === 'approve' && given.digest === digest,
  );

/** As `mayNotDecide` has it, as far as a list can tell. */
function waitsFor(row: ApprovalRow, { userId, roles }: Extract<Mine, { what: 'to-decide' }>): boolean {
  const rules = JSON.parse(row.rules) as ApprovalRules;
  if (row.requester === userId || rules.excluded.some((one) => one.userId === userId)) return false;
  const given = approvalsIn(row);
  if (given.some(({ signer }) => signer === userId)) return false;
  const theirs = rolesAsked(rules).filter((role) => roles.includes(role));
  return progressOf(rules, [...given, { signatureId: '', roles: theirs }]).counted.has('');
}

function listed({ rules, signatures: _, action, ...row }: ApprovalRow, now: Micros): ListedApproval {
  const over = row.state === 'open' && row.expires_at <= now;
  const state = over ? 'expired' : row.state;
  const given = approvalsIn({ ...row, rules, action, signatures: _ });
  const asked = JSON.parse(rules) as ApprovalRules;
  const missing = state === 'open' ? progressOf(asked, given).missing : [];
  const overdue = asked.afterwards ? { overdue: state === 'open' } : {};
  return { ...row, state, action: JSON.parse(action) as unknown, missing, ...overdue };
}

function readToken(text: string): number {
  if (!/^\d{1,15}$/.test(text))
    throw errors.invalid('invalid-parameter', 'this page token is not one that a list has answered', 'page_token');
  return Number(text);
}
