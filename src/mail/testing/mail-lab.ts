import { SMTPServerOptions } from 'smtp-server';
import { EventDefinition, EventId, JsonObject, Role, systemClock, UserId, uuidv7 } from '../../core/index.js';
import { RoomLab } from '../../artifacts/testing/room-lab.js';
import { ApprovableKinds, Approvals, turnOf } from '../../approvals/index.js';
import { DecisionMaker, Ledger, LEDGER } from '../../ledger/index.js';
import { AddressBook } from '../address-book.js';
import { mailEvents, MailModule } from '../index.js';
import { NOTICED } from '../groups.js';
import { Subject } from '../notice.js';
import { MailOptions, SmtpServer } from '../options.js';
import { Requests } from '../requests.js';
import { MailServer } from './mail-server.js';

export const ADA = 'u-ada' as UserId;
export const BOB = 'u-bob' as UserId;
export const EVE = 'u-eve' as UserId;
export const ROOT = 'u-root' as UserId;

export class Addresses {
  readonly roles = new Map<UserId, readonly Role[]>([
    [ADA, ['analyst']],
    [BOB, ['reviewer']],
    [EVE, ['reviewer', 'auditor']],
    [ROOT, ['admin']],
  ]);
  readonly addresses = new Map<UserId, string>([ADA, BOB, EVE, ROOT].map((id) => [id, `${id}@lab.example`]));

  /** What each question was about. */
  readonly about: (Subject | undefined)[] = [];

  async holdersOf(roles: readonly Role[], about?: Subject): Promise<readonly UserId[]> {
    this.about.push(about);
    return [...this.roles].filter(([, held]) => held.some((role) => roles.includes(role))).map(([id]) => id);
  }
  async addressOf(userId: UserId): Promise<string | undefined> {
    return this.addresses.get(userId);
  }
}

const ofAnotherRoom = (type: string): EventDefinition => ({
  type,
  summary: 'Something that happened in another room.',
  stream: 'any',
  resource: () => ({ kind: 'thing', id: 'any' }),
  samples: [{}],
});

export class MailLab {
  readonly book = new Addresses();
  private constructor(
    readonly room: RoomLab,
    readonly server: MailServer,
    readonly log: string[],
  ) {}

  static async open(
    more: Partial<MailOptions> = {},
    smtp: Partial<SmtpServer> | undefined = {},
    options: SMTPServerOptions = {},
  ): Promise<MailLab> {
    const server = await MailServer.open(options);
    const kept: { lab?: MailLab } = {};
    let ledger: Ledger;
    const room = await RoomLab.open({
      modules: [
        MailModule.forRoot({
          server: { host: '127.0.0.1', port: server.port, tls: 'none', ...smtp },
          from: 'custody@lab.example',
          timeoutMs: 5000,
          retries: 2,
          backoffMs: () => 0,
          retryMs: 0,
          clock: systemClock,
          maxAgeHours: 1_000_000,
          ...more,
        }),
      ],
      events: [...mailEvents, ...NOTICED.map(ofAnotherRoom)],
      projections: [],
      providers: [
        {
          provide: AddressBook,
          useValue: {
            holdersOf: (roles: readonly Role[], _now: unknown, about?: Subject) =>
              kept.lab!.book.holdersOf(roles, about),
            addressOf: (userId: UserId) => kept.lab!.book.addressOf(userId),
          },
        },
        { provide: LEDGER, useFactory: () => ledger },
        {
          provide: Requests,
          useFactory: (decisions: DecisionMaker): Requests => {
            const approvals = new Approvals(decisions, new ApprovableKinds());
            return { turnAt: async (id, revision) => turnOf(await approvals.at(id, revision)) };
          },
          inject: [DecisionMaker],
        },
      ],
      ledger: (inner) => (ledger = inner),
    });
    kept.lab = new MailLab(room, server, []);
    return kept.lab;
  }

  async happened(stream: string, type: string, data: JsonObject, by = ADA): Promise<string> {
    const { origin, correlationId } = this.room.context();
    const id = uuidv7() as EventId;
    const actor = { id: by, kind: 'person' as const, roles: [], via: 'password' as const };
    await this.room.ledger.append(stream, [{ id, type, schema: 1, actor, origin, correlationId, data }], 'any');
    return id;
  }

  async call(method: 'GET' | 'POST' | 'PUT', path: string, payload?: object) {
    const body = payload === undefined ? {} : { payload };
    const answer = await this.room.app.inject({ method, url: `/api/v1/${path}`, ...body });
    return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
  }

  /** What became of the letters about an event, once there are so many. */
  async outcomes(eventId: string, count: number) {
    for (;;) {
      const events = await this.room.ledger.read(`mail-${eventId}`);
      if (events.length >= count) return events;
      await new Promise((soon) => setImmediate(soon));
    }
  }

  async parked(count: number) {
    for (;;) {
      const { body } = await this.call('GET', 'mail/parked');
      if (body['count'] === count) return body['parked'] as readonly Record<string, unknown>[];
      await new Promise((soon) => setImmediate(soon));
    }
  }

  async close(): Promise<void> {
    await this.room.close();
    await this.server.close();
  }
}
