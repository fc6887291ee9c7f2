import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { systemClock, systemContext } from '../core/index.js';
import { BootstrapAdministrator, EnsureWorkerAccount, hasPeople } from '../identity/index.js';
import { DecisionMaker } from '../ledger/index.js';
import { EnsureDefaultExperiment } from '../tracking/index.js';
import { InvalidSetting } from './config/settings.js';

export interface FirstStart {
  readonly login: string;
  readonly oneTimePassword: string;
}

const NOT_OPEN =
  'CUSTODY_OPEN: this folder has accounts, and an open server asks nobody who they are: leave --open out, or name another folder';

/** What must exist before the first request; safe to repeat at every start and by several servers at once. */
export async function bootstrap(app: INestApplicationContext, open: boolean): Promise<FirstStart | undefined> {
  const bus = app.get(CommandBus);
  if (open && (await hasPeople(app.get(DecisionMaker)))) throw new InvalidSetting(NOT_OPEN);
  const context = () => systemContext(systemClock.now(), 'first start');
  await bus.execute(new EnsureDefaultExperiment(context()));
  await bus.execute(new EnsureWorkerAccount(context()));
  return open ? undefined : bus.execute(new BootstrapAdministrator(context()));
}
