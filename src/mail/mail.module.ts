import { DynamicModule, Module } from '@nestjs/common';
import { systemClock } from '../core/index.js';
import { MailController } from './mail.controller.js';
import { MAIL_OPTIONS, MailOptions } from './options.js';
import { Postman } from './postman.js';
import { Smtp } from './smtp.js';
import { TellPeopleByMail } from './tell-people-by-mail.js';
import { MailWishes } from './wishes.js';

/** After 5, 20, 80 and 320 seconds: greylisting wants to be asked again after minutes. */
const DEFAULTS: Omit<MailOptions, 'server' | 'from'> = {
  timeoutMs: 15_000,
  retries: 4,
  backoffMs: (attempt) => 5000 * 4 ** (attempt - 1),
  retryMs: 5000,
  maxAgeHours: 48,
  clock: systemClock,
};

@Module({})
export class MailModule {
  static forRoot(
    options: Pick<MailOptions, 'from'> & Partial<{ [K in keyof MailOptions]: MailOptions[K] | undefined }>,
  ): DynamicModule {
    return {
      module: MailModule,
      providers: [
        { provide: MAIL_OPTIONS, useValue: { ...DEFAULTS, ...options } },
        Smtp,
        MailWishes,
        Postman,
        TellPeopleByMail,
      ],
      controllers: [MailController],
    };
  }
}
