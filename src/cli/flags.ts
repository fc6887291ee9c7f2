import type { Command } from 'commander';
import { SETTINGS, Settings } from '../app/config/settings.js';

const flag = (name: keyof Settings): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
const about = (name: keyof Settings): string => `${SETTINGS[name].about} [${SETTINGS[name].variable}]`;

/** Adds the flags of these settings; the values stay text until `readSettings` checks them. */
export function settingFlags(command: Command, names: readonly (keyof Settings)[]): Command {
  for (const name of names) {
    if (SETTINGS[name].fallback === 'false') command.option(flag(name), about(name));
    else command.option(`${flag(name)} <value>`, about(name));
  }
  return command;
}

/** Secrets have no flag: the process list would show them. */
export const serverFlags = (command: Command): Command =>
  settingFlags(command, ['host', 'port', 'tlsCert', 'tlsKey', 'data', 'ledger', 'open', 'logLevel', 'logFormat']);
export const workerFlags = (command: Command): Command =>
  settingFlags(command, ['data', 'ledger', 'concurrency', 'maxRetries', 'logLevel', 'logFormat']);

/** Commander gives `true` for a flag without value; settings are read from text. */
export const texts = (
  flags: Readonly<Record<string, string | boolean | undefined>>,
): Partial<Record<keyof Settings, string>> =>
  Object.fromEntries(
    Object.entries(flags).map(([name, value]) => [name, value === undefined ? undefined : String(value)]),
  );
