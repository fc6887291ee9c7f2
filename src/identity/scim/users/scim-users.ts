import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { CommandContext, CustodyError, errors, PersonalData, UserId } from '../../../core/index.js';
import { AccessPolicy } from '../../../http/access-policy.js';
import { AdministratorChanges } from '../../administrators/administrator-changes.js';
import { loginName } from '../../directory/login-name.js';
import { ChangeNamedRoles, NamedRoles } from '../../named-roles/named-roles.js';
import { userDecider } from '../../user/decide.js';
import { Account } from '../../user/events.js';
import { newUserId, Registration } from '../../user/registration.js';
import { GroupRoles } from '../groups/group-roles.js';
import { PROVISIONING } from '../provisioning.js';
import type { Provisioning } from '../provisioning.js';
import { Resource } from '../wire/matches.js';
import { invalid } from '../wire/problem.js';
import { CHANGED_MEANWHILE, Profile, ProvisionPerson, seenOf } from './decide.js';
import { PeopleRead } from './people-read.js';
import { Person, profileOf } from './person.js';

/** Each time somebody else was faster, so as many can change one account at once. */
const ATTEMPTS = 32;

/** What a directory does to accounts of people; each change is an event of the account, by the directory's client. */
@Injectable()
export class ScimUsers {
  constructor(
    private readonly people: PeopleRead,
    private readonly registration: Registration,
    private readonly personal: PersonalData,
    private readonly commands: CommandBus,
    private readonly namedRoles: NamedRoles,
    private readonly policy: AccessPolicy,
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
    return resource['active'] === false ? this.change(userId, () => resource, context) : this.people.byId(userId);
  }

  /**
   * The account becomes what the resource says; what it does not say is taken away, but for `active`. The resource
   * is computed again when the account changes in between.
   */
  async change(userId: UserId, to: (before: Person) => Resource, context: CommandContext): Promise<Person> {
    for (let attempt = 1; ; attempt++) {
      const { person, account } = await this.people.load(userId);
      try {
        await this.provision(person, account, to(person), context);
        return await this.people.byId(userId);
      } catch (error) {
        if (attempt === ATTEMPTS || !(error instanceof CustodyError && error.code === CHANGED_MEANWHILE)) throw error;
      }
    }
  }

  /** @throws not-found, also when it was deleted before; denied for the last administrator */
  async remove(userId: UserId, context: CommandContext): Promise<void> {
    await this.people.byId(userId);
    const command = { type: 'Deprovision' as const };
    await this.administrators.decide(userId, (released) => ({ ...command, released }), context, 'user:provision');
    await this.groups.forget(userId, context);
  }

  private async provision(
    before: Person,
    account: Account,
    resource: Resource,
    context: CommandContext,
  ): Promise<void> {
    if (loginName(resource['userName'] as string) !== before.login) throw invalid.mutability('userName');
    const { userId } = before;
    const active = resource['active'] as boolean | undefined;
    const comesBack = active === true && !before.active;
    const profile = this.changeOf(before, resource);
    const { identityVerified } = this.provisioning;
    const command = {
      type: 'ProvisionPerson' as const,
      seen: seenOf(account),
      ...(profile === undefined ? {} : { profile }),
      ...(active === undefined ? {} : { active }),
      ...(comesBack && identityVerified !== undefined ? { how: this.personal.seal(userId, identityVerified) } : {}),
      by: context.actor.id,
    };
    if (comesBack) await this.mayComeBack(command, account, context);
    await this.administrators.decide(userId, (released) => ({ ...command, released }), context, 'user:provision');
    if (comesBack) await this.groups.grant([userId], context);
  }

  /** Named roles go first: whatever stops in between, nobody is back with what they had. @throws denied, recorded */
  private async mayComeBack(command: ProvisionPerson, account: Account, context: CommandContext): Promise<void> {
    const { userId } = account;
    const decision = userDecider.decide(command, account);
    if (!decision.ok && decision.refusal.kind === 'denied') {
      const { code, message, field } = decision.refusal;
      const resource = { kind: 'user', id: userId };
      await this.policy.refuse(context, { action: 'user:provision', code, message, field, resource });
    }
    const { state } = await this.namedRoles.load();
    for (const [roleId, users] of state.assigned) {
      if (!users.has(userId)) continue;
      await this.commands.execute(new ChangeNamedRoles(context, { type: 'UnassignRole', roleId, userId }));
    }
  }

  private changeOf(before: Person, resource: Resource): Profile | undefined {
    const { userId, login, displayName, email, details } = before;
    const wanted = profileOf(resource, login);
    if (isDeepStrictEqual({ email: undefined, ...wanted }, { displayName, email, details })) return undefined;
    const seal = (text: string) => this.personal.seal(userId, text);
    return {
      displayName: seal(wanted.displayName),
      ...(wanted.email === undefined ? {} : { email: seal(wanted.email) }),
      details: seal(JSON.stringify(wanted.details)),
    };
  }
}
