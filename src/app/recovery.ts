import 'reflect-metadata';
import { DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CommandBus } from '@nestjs/cqrs';
import { existsSync } from 'node:fs';
import { systemClock, systemContext } from '../core/index.js';
import { IdentityCoreModule, RecoverAdministration, RecoveredAdministrator } from '../identity/index.js';
import { Settings } from './config/settings.js';
import { UnusablePath } from './data-folder.js';
import { Foundation, openFoundation } from './foundation.js';
import { FoundationModule } from './foundation.module.js';
import { isFileLedger, layout } from './layout.js';

@Module({})
class RecoveryModule {
  static over(foundation: Foundation): DynamicModule {
    return { module: RecoveryModule, imports: [FoundationModule.over(foundation), IdentityCoreModule] };
  }
}

/** In a process of its own, beside the servers or without: the log is shared. */
export async function recoverAdministration(
  settings: Settings,
  { reason, ...input }: { readonly login: string; readonly identityVerified: string; readonly reason: string },
): Promise<RecoveredAdministrator> {
  const { log } = layout(settings);
  if (isFileLedger(settings) && !existsSync(log))
    throw new UnusablePath(`there is no log at ${log}: custody serve makes the first administrator at its first start`);
  const foundation = await openFoundation(settings);
  try {
    const app = await NestFactory.createApplicationContext(RecoveryModule.over(foundation), {
      logger: ['error'],
      abortOnError: false,
    });
    try {
      const context = systemContext(systemClock.now(), `at the machine: ${reason}`);
      return await app.get(CommandBus).execute(new RecoverAdministration(context, input));
    } finally {
      await app.close();
    }
  } finally {
    await foundation.close();
  }
}
