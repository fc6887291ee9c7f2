import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { custody } from '../support/custody.js';

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

/** The commands of a manual, as words: those in blocks, and those in the text that begin with `npm`. */
function commandsOf(file: string): string[][] {
  const text = readFileSync(file, 'utf8');
  const blocks = [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].flatMap(([, language, block]) =>
    language === '' ? block!.split('\n') : [],
  );
  const inline = [...text.matchAll(/`(npm [^`]+)`/g)].map(([, command]) => command!);
  return [...blocks, ...inline]
    .flatMap((line) => line.replace(/\s#.*/, '').split(' && '))
    .map((line) => line.trim().split(/\s+/))
    .filter(([first]) => first === 'custody' || first === 'npm');
}

/** What `custody` is called with, through npm or not; `undefined` for what is npm's alone. */
function custodyWords(words: readonly string[]): readonly string[] | undefined {
  if (words[0] === 'custody') return words.slice(1);
  const [name, ...rest] = words.slice(1).filter((word) => word !== 'run' && word !== '--silent' && word !== '--');
  const served: Readonly<Record<string, string>> = { start: 'serve', worker: 'worker', demo: 'demo' };
  if (name === 'custody') return rest;
  return name !== undefined && served[name] !== undefined ? [served[name], ...rest] : undefined;
}

describe.each(['README.md', 'docs/operations.md'])('every command in %s', (file) => {
  const commands = commandsOf(file);

  it('is a script of the package or one of npm’s own', () => {
    expect(commands.length).toBeGreaterThan(6);
    const names = commands
      .filter(([first]) => first === 'npm')
      .map((words) => words.slice(1).filter((word) => word !== 'run' && !word.startsWith('-'))[0]!);
    expect(names.filter((name) => !['ci', 'install'].includes(name) && !(name in scripts))).toEqual([]);
  });

  it('is known to custody, with each of its flags', async () => {
    const helps = new Map<string, ReturnType<typeof custody>>();
    for (const words of commands) {
      const asked = custodyWords(words);
      if (!asked) continue;
      const path = ['user', 'token', 'group'].includes(asked[0]!) && asked[1] ? asked.slice(0, 2) : asked.slice(0, 1);
      const known = helps.get(path.join()) ?? custody([...path, '--help']);
      helps.set(path.join(), known);
      const { code, out } = await known;
      expect([asked, code]).toEqual([asked, 0]);
      expect(out).toContain(`Usage: custody ${path.filter((word) => !word.startsWith('-')).join(' ')}`);
      for (const flag of asked.filter((word) => /^--[a-z]/.test(word))) expect(out).toContain(flag);
    }
  });
});
