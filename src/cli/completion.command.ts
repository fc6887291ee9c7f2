import { Argument, Command } from 'commander';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

/** What may come after these words of a command line. */
interface Completion {
  readonly path: readonly string[];
  readonly words: readonly string[];
}

/** `custody completion <shell>`: a script made from the commands that there are, so that it can't be out of date. */
export function registerCompletion(program: Command): void {
  program
    .command('completion')
    .description('print a script with which the shell completes commands and flags')
    .addArgument(new Argument('<shell>', 'which shell').choices([...SHELLS]))
    .addHelpText(
      'after',
      `
Examples:
  $ source <(custody completion bash)            # in ~/.bashrc
  $ source <(custody completion zsh)             # in ~/.zshrc, after compinit
  $ custody completion fish | source             # in ~/.config/fish/config.fish`,
    )
    .action((shell: Shell) => console.log(completionScript(shell, program)));
}

export function completionScript(shell: Shell, program: Command): string {
  const all = completions(program);
  switch (shell) {
    case 'bash':
      return bash(all);
    case 'zsh':
      return `autoload -U +X bashcompinit && bashcompinit\n${bash(all)}`;
    case 'fish':
      return fish(all);
  }
}

function completions(command: Command, path: readonly string[] = []): readonly Completion[] {
  const own = command.commands.filter((each) => each.name() !== 'help');
  const flags = command.options.filter(({ hidden }) => !hidden).flatMap(({ long }) => (long ? [long] : []));
  const choices = command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices);
  const words = [...own.map((each) => each.name()), ...choices, ...flags, '--help'];
  return [{ path, words }, ...own.flatMap((each) => completions(each, [...path, each.name()]))];
}

/** The names are ours: letters, digits and hyphens, so that no shell takes any of them apart. */
const bash = (all: readonly Completion[]): string => `_custody() {
  local word path=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $word" in
${all
  .filter(({ path }) => path.length > 0)
  .map(({ path }) => `      "${spaced(path)}") path="${spaced(path)}" ;;`)
  .join('\n')}
    esac
  done
  case "$path" in
${all
  .map(
    ({ path, words }) =>
      `    "${spaced(path)}") COMPREPLY=($(compgen -W "${words.join(' ')}" -- "\${COMP_WORDS[COMP_CWORD]}")) ;;`,
  )
  .join('\n')}
  esac
}
complete -o default -F _custody custody`;

const spaced = (path: readonly string[]): string => path.map((each) => ` ${each}`).join('');

const fish = (all: readonly Completion[]): string =>
  [
    'complete -c custody -e',
    ...all.flatMap(({ path, words }) => {
      const here = path.map((each) => `__fish_seen_subcommand_from ${each}`).join('; and ');
      const below = words.filter((word) => !word.startsWith('-'));
      const first = below.length > 0 ? `not __fish_seen_subcommand_from ${below.join(' ')}` : '';
      return words.map((word) => {
        const when = [here, word.startsWith('-') ? '' : first].filter((each) => each !== '').join('; and ');
        const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-f -a ${word}`;
        return `complete -c custody${when === '' ? '' : ` -n '${when}'`} ${what}`;
      });
    }),
  ].join('\n');
