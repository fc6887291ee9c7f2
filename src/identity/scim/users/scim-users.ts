import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { CommandContext, errors, PersonalData, UserId } from '../../../core/index.js';
import { DecisionMaker } from '../../../ledger/index.js';
import { AdministratorChanges } from '../../administrators/administrator-changes.js';
import { loginName } from '../../directory/login-name.js';
import { userDecider, userStream } from '../../user/decide.js';
import { newUserId, Registration } from '../../user/registration.js';
import { GroupRoles } from '../groups/group-roles.js';
import { PROVISIONING } from '../provisioning.js';
import type { Provisioning } from '../provisioning.js';
import { Resource } from '../wire/matches.js';
import { invalid } from '../wire/problem.js';
import { PeopleRead } from './people-read.js';
import { Person, profileOf } from './person.js';

/** What a directory does to accounts of people; each change is an event of the account, by the directory's client. */
@Injectable()
export class ScimUsers {
  constructor(
    private readonly people: PeopleRead,
    private readonly registration: Registration,
    private readonly personal: PersonalData,
    private readonly decisions: DecisionMaker,
    private readonly administrators: AdministratorChanges,
    private readonly groups: GroupRoles,
    @Inject(PROVISIONING) private readonly provisioning: Provisioning,
  ) {}

  /** @throws already-exists for a login that anybody ever had */
  async create(resource: Resource, context: CommandContext): Promise<Person> {
    const login = loginName(resource['userName'] as string);
    const { details, ...profile } = profileOf(resource, login);
    const userId = await this.registration.reserve('ReserveName', login, 'person', newUserId(), context);
    if (userId === undefined) throw errors.conflict('name-not-reserved', 'the login could not be reserved; try again');
    const { identityVerified } = this.provisioning;
    const account = { userId, kind: 'person' as const, login, ...profile, roles: [], identityVerified };
    await this.registration.create({ ...account, details: JSON.stringify(details), withoutPassword: true }, context);
    if (resource['active'] === false) await this.disable(userId, context);
    return this.people.byId(userId);
  }

  /** The account becomes what the resource says; what it does not say is taken away. */
  async replace(userId: UserId, resource: Resource, context: CommandContext): Promise<Person> {
    const before = await this.people.byId(userId);
    if (loginName(resource['userName'] as string) !== before.login) throw invalid.mutability('userName');
    await this.changeProfile(before, resource, context);
    const active = resource['active'] ?? true;
    if (before.active && active === false) await this.disable(userId, context);
    if (!before.active && active === true) await this.enable(userId, context);
    return this.people.byId(userId);
  }

  /** @throws not-found, also when it was deleted before; denied for the last administrator */
  async remove(userId: UserId, context: CommandContext): Promise<void> {
    await this.people.byId(userId);
    const command = { type: 'Deprovision' as const };
    await this.administrators.decide(userId, (released) => ({ ...command, released }), context, 'user:provision');
    await this.groups.forget(userId, context);
  }

  private async changeProfile(before: Person, resource: Resource, context: CommandContext): Promise<void> {
    const { userId, displayName, email, details } = before;
    const wanted = profileOf(resource, before.login);
    if (isDeepStrictEqual({ email: undefined, ...wanted }, { displayName, email, details })) return;
    const seal = (text: string) => this.personal.seal(userId, text);
    const command = {
      type: 'ChangeProfile' as const,
      displayName: seal(wanted.displayName),
      ...(wanted.email === undefined ? {} : { email: seal(wanted.email) }),
      details: seal(JSON.stringify(wanted.details)),
    };
    await this.decisions.decide(userDecider, userStream(userId), command, context);
  }

  private async disable(userId: UserId, context: CommandContext): Promise<void> {
    const command = { type: 'DisableUser' as const, by: context.actor.id };
    await this.administrators.decide(userId, (released) => ({ ...command, released }), context, 'user:provision');
  }

  private async enable(userId: UserId, context: CommandContext): Promise<void> {
    await this.decisions.decide(userDecider, userStream(userId), { type: 'EnableUser' }, context);
    const { identityVerified } = this.provisioning;
    if (identityVerified !== undefined) {
      const how = this.personal.seal(userId, identityVerified);
      const command = { type: 'VerifyIdentity' as const, how, by: context.actor.id };
      await this.decisions.decide(userDecider, userStream(userId), command, context);
    }
    await this.groups.grant([userId], context);
  }
}
