import { Body, Controller, Get, HttpCode, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { IsArray, IsIn } from 'class-validator';
import { type CommandContext, errors, microsToMillis, toIso, uuidv7 } from '../core/index.js';
import { Caller, CUSTODY_API, Requires, Strict } from '../http/index.js';
import { DecisionMaker } from '../ledger/index.js';
import { AddressBook } from './address-book.js';
import { REPLAYS } from './events.js';
import { Smtp } from './smtp.js';
import { TellPeopleByMail } from './tell-people-by-mail.js';
import { TOPICS } from './topics.js';
import type { Topic } from './topics.js';
import { MailWishes } from './wishes.js';

const SHOWN = 1000;
const DECLINED = { each: true, message: `must be a list of ${TOPICS.join(', ')}` };

@Strict()
export class MailWishesRequest {
  /** What one is not written to about. */
  @IsArray({ message: DECLINED.message })
  @IsIn(TOPICS, DECLINED)
  readonly declined!: Topic[];
}

@ApiTags('mail')
@Controller(CUSTODY_API)
export class MailController {
  constructor(
    private readonly wishes: MailWishes,
    private readonly deliveries: TellPeopleByMail,
    private readonly decisions: DecisionMaker,
    private readonly addresses: AddressBook,
    private readonly smtp: Smtp,
  ) {}

  /** Which mail one does not want. */
  @Get('users/me/mail')
  @Requires('self:read')
  async wanted(@Caller() { actor }: CommandContext): Promise<object> {
    return { topics: TOPICS, declined: await this.wishes.declinedBy(actor.id) };
  }

  @Put('users/me/mail')
  @Requires('self:write')
  async want(@Caller() context: CommandContext, @Body() { declined }: MailWishesRequest): Promise<object> {
    return { topics: TOPICS, declined: await this.wishes.decline(context, context.actor.id, declined) };
  }

  /** What nobody, or not everybody, could be written to about, oldest first, the first thousand of it. */
  @Get('mail/parked')
  @Requires('webhook:read')
  async parked(): Promise<object> {
    if (!this.smtp.isSetUp) return { count: 0, parked: [] };
    const parked = await this.deliveries.parked();
    const shown = parked.slice(0, SHOWN).map(({ event: { id, type, position, recordedAt }, reason }) => ({
      event_id: id,
      type,
      position,
      recorded_at: toIso(recordedAt),
      reason,
    }));
    return { count: parked.length, parked: shown };
  }

  /** Writes again to whom it was not sent. Recorded first: after a crash in between, whoever asks again replays all of it. */
  @Post('mail/replay')
  @HttpCode(200)
  @Requires('webhook:write')
  async replay(@Caller() context: CommandContext): Promise<object> {
    this.assertSetUp();
    const data = { at: microsToMillis(context.now) };
    await this.decisions.record(REPLAYS, [{ type: 'MailReplayed', data }], context);
    return { replayed: await this.deliveries.replay() };
  }

  /** Sends one message, to whoever asks. */
  @Post('mail/test')
  @HttpCode(200)
  @Requires('webhook:write')
  async test(@Caller() { actor }: CommandContext): Promise<object> {
    this.assertSetUp();
    const to = await this.addresses.addressOf(actor.id);
    if (to === undefined) throw errors.state('no-mail-address', 'your account has no mail address to send a test to');
    const text = 'Somebody who manages this server asked it for a test of its mail. It works.\n';
    const { reason } = await this.smtp.send({ id: uuidv7(), to, subject: 'A test of Custody’s mail', text });
    return { result: { success: reason === undefined, ...(reason === undefined ? {} : { error_message: reason }) } };
  }

  private assertSetUp(): void {
    if (this.smtp.isSetUp) return;
    throw errors.state(
      'no-mail-server',
      'no mail server is set up; whoever runs this server can name one (CUSTODY_SMTP_URL)',
    );
  }
}
