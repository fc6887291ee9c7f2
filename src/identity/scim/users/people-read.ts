import { Inject, Injectable } from '@nestjs/common';
import { EventCatalogue, Micros, PersonalData, Sealed, UserId } from '../../../core/index.js';
import { DEFAULT_PAGE, LEDGER } from '../../../ledger/index.js';
import type { Ledger } from '../../../ledger/index.js';
import { ReadModels } from '../../../projection/index.js';
import { normalizeLogin } from '../../directory/login-name.js';
import { ERASED } from '../../queries/erased.js';
import { UserListSchema, UsersTable } from '../../queries/user-list/table.js';
import { userStream } from '../../user/decide.js';
import { Account, evolve, nobody, User, UserEvent } from '../../user/events.js';
import { noAccount } from '../../user/no-account.js';
import { Details, Person } from './person.js';

/** What a directory sees as a change of a person. */
const CHANGES = new Set<UserEvent['type']>(['UserCreated', 'ProfileChanged', 'UserDisabled', 'UserEnabled']);

/** People as a directory sees them: no service accounts, and nobody whom it has deleted. */
@Injectable()
export class PeopleRead {
  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly catalogue: EventCatalogue,
    private readonly personal: PersonalData,
    private readonly readModels: ReadModels,
  ) {}

  /** @throws not-found */
  async byId(userId: UserId): Promise<Person> {
    return (await this.load(userId)).person;
  }

  /** From the log, so that a change is in its own answer. @throws not-found */
  async load(userId: UserId): Promise<{ readonly person: Person; readonly account: Account }> {
    let user: User = nobody;
    let [createdAt, changedAt] = [0, 0] as [Micros, Micros];
    for (let from = 0; ; from += DEFAULT_PAGE) {
      const page = await this.ledger.read(userStream(userId), { from, limit: DEFAULT_PAGE });
      for (const recorded of page) {
        const event = this.catalogue.upcast<UserEvent>(recorded);
        user = evolve(user, event);
        if (CHANGES.has(event.type)) changedAt = recorded.recordedAt;
        if (event.type === 'UserCreated') createdAt = recorded.recordedAt;
      }
      if (page.length < DEFAULT_PAGE) break;
    }
    if (user.status === 'absent' || user.kind === 'service' || user.deprovisioned) throw noAccount();
    const { email, details } = user;
    const person: Person = {
      userId,
      login: this.open(user.login),
      displayName: this.open(user.displayName),
      ...(email === undefined ? {} : { email: this.open(email) }),
      details: details === undefined ? {} : detailsIn(this.personal.unseal(details)),
      active: user.status !== 'disabled',
      createdAt,
      changedAt,
    };
    return { person, account: user };
  }

  /** In the order of their creation; with a login, at most the one who has it. */
  async all(login?: string): Promise<readonly Person[]> {
    const rows = this.readModels
      .db<UserListSchema>()
      .selectFrom('identity_users')
      .selectAll()
      .where('kind', '=', 'person')
      .where('deprovisioned', '=', 0)
      .orderBy('user_id');
    const found = await (login === undefined ? rows : rows.where('login', '=', normalizeLogin(login))).execute();
    return found.map(personOf);
  }

  private open(sealed: Sealed): string {
    return this.personal.unseal(sealed) ?? ERASED;
  }
}

const personOf = (row: UsersTable): Person => ({
  userId: row.user_id as UserId,
  login: row.login,
  displayName: row.display_name,
  ...(row.email === null ? {} : { email: row.email }),
  details: detailsIn(row.details ?? undefined),
  active: row.disabled === 0,
  createdAt: row.created_at as Micros,
  changedAt: row.changed_at as Micros,
});

/** Nothing of somebody who was erased. */
const detailsIn = (json: string | undefined): Details =>
  json === undefined || json === ERASED ? {} : (JSON.parse(json) as Details);
