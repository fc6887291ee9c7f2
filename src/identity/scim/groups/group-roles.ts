import { Injectable } from '@nestjs/common';
import { CommandContext, CustodyError, errors, Role, sameScope, UserId } from '../../../core/index.js';
import { DecisionMaker, Written } from '../../../ledger/index.js';
import { Accounts } from '../../user/accounts.js';
import { userDecider, userStream } from '../../user/decide.js';
import { isUserId } from '../../user/user-id.js';
import { GroupCommand, grantsOf, groupsDecider, noSuchGroup } from './decide.js';
import { Group, GROUP_DIRECTORY, GroupEvent, groupKey, GroupMapping, Groups } from './events.js';

const AT_ONCE = 32;
const ATTEMPTS = 10;

/**
 * Groups, and the roles that people have by them. A change of a group is recorded first, then the roles of those
 * whom it concerns. A crash in between is made good when the directory repeats its call, as it must: it got no
 * answer.
 */
@Injectable()
export class GroupRoles {
  constructor(
    private readonly decisions: DecisionMaker,
    private readonly accounts: Accounts,
  ) {}

  async all(): Promise<Groups> {
    return (await this.decisions.load(groupsDecider, GROUP_DIRECTORY)).state;
  }

  /** @throws not-found */
  async byId(groupId: string): Promise<Group> {
    const group = (await this.all()).groups.get(groupId);
    if (!group) throw new CustodyError(noSuchGroup().refusal);
    return group;
  }

  async of(userId: string): Promise<readonly (readonly [string, Group])[]> {
    return [...(await this.all()).groups].filter(([, { members }]) => members.has(userId));
  }

  async decide(
    command: Extract<GroupCommand, { readonly groupId: string }>,
    context: CommandContext,
  ): Promise<Group | undefined> {
    const before = (await this.all()).groups.get(command.groupId);
    const written = await this.decisions.decide(groupsDecider, GROUP_DIRECTORY, command, context);
    await this.grant(concerned(written, before, command.groupId), context);
    return written.state.groups.get(command.groupId);
  }

  /** Answers the roles that the group has in this scope from now on. */
  async setRoles(group: string, { roles, scope }: GroupMapping, context: CommandContext): Promise<readonly Role[]> {
    const command = { type: 'SetGroupRoles' as const, group, roles, scope };
    const { state } = await this.decisions.decide(groupsDecider, GROUP_DIRECTORY, command, context);
    const named = [...state.groups.values()].filter(({ displayName }) => groupKey(displayName) === groupKey(group));
    await this.grant(
      named.flatMap(({ members }) => [...members]),
      context,
    );
    return state.roles.get(groupKey(group))?.find((each) => sameScope(each.scope, scope))?.roles ?? [];
  }

  async forget(userId: UserId, context: CommandContext): Promise<void> {
    const command = { type: 'RemoveMember' as const, member: userId, now: context.now };
    await this.decisions.decide(groupsDecider, GROUP_DIRECTORY, command, context);
  }

  /**
   * Whoever finishes last has seen the groups as they are: if they changed meanwhile, it is done again, so that
   * no older state of a group wins over a newer one.
   */
  async grant(members: readonly string[], context: CommandContext): Promise<void> {
    const ids = [...new Set(members)].filter(isUserId);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const { state, revision } = await this.decisions.load(groupsDecider, GROUP_DIRECTORY);
      for (let from = 0; from < ids.length; from += AT_ONCE)
        await Promise.all(ids.slice(from, from + AT_ONCE).map((id) => this.grantOne(id, state, context)));
      if ((await this.decisions.load(groupsDecider, GROUP_DIRECTORY)).revision === revision) return;
    }
    throw errors.conflict('groups-changing', 'groups kept changing meanwhile; send it again');
  }

  /** A group may name whom Custody does not know: that gives nobody anything. */
  private async grantOne(userId: UserId, state: Groups, context: CommandContext): Promise<void> {
    if ((await this.accounts.load(userId)).user.status === 'absent') return;
    const command = { type: 'ProvisionGrants' as const, from: 'groups' as const, grants: grantsOf(userId, state) };
    await this.decisions.decide(userDecider, userStream(userId), command, context);
  }
}

/** Those who came or went; everybody when the name changed, or when nothing did: then a call may be a repetition. */
function concerned(
  { events, state }: Written<GroupEvent, Groups>,
  before: Group | undefined,
  groupId: string,
): readonly string[] {
  const everybody = [...(before?.members ?? []), ...(state.groups.get(groupId)?.members ?? [])];
  const changes = events.flatMap((event) => (event.type === 'GroupMembersChanged' ? [event.data] : []));
  if (changes.length < events.length || changes.length === 0) return everybody;
  return changes.flatMap(({ added, removed }) => [...added, ...removed]);
}
