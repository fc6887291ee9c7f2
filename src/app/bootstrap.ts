import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { systemClock, systemContext } from '../core/index.js';
import { BootstrapAdministrator, EnsureWorkerAccount } from '../identity/index.js';
import { EnsureDefaultExperiment } from '../tracking/index.js';

export interface FirstStart {
  readonly login: string;
  readonly oneTimePassword: string;
}

/** What must exist before the first request; safe to repeat at every start and by several servers at once. */
export async function bootstrap(app: INestApplicationContext, open: boolean): Promise<FirstStart | undefined> {
  const bus = app.get(CommandBus);
  const context = () => systemContext(systemClock.now(), 'first start');
  await bus.execute(new EnsureDefaultExperiment(context()));
  await bus.execute(new EnsureWorkerAccount(context()));
  return open ? undefined : bus.execute(new BootstrapAdministrator(context()));
}
