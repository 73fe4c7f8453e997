import { Argument, type Command } from "commander";
import { run } from "./run.ts";

const shells = ["bash", "zsh", "fish"] as const;

interface Word {
  /** The commands before it, for example "keys create"; "" for the first. */
  context: string;
  words: string[];
}

export function addCompletion(program: Command): void {
  program
    .command("completion")
    .description("Prints a script that completes commands and options in a shell.")
    .addArgument(new Argument("<shell>", "which shell").choices(shells))
    .addHelpText(
      "after",
      `
Examples:
  source <(transpod completion bash)
  source <(transpod completion zsh)
  transpod completion fish > ~/.config/fish/completions/transpod.fish`,
    )
    .action((shell: (typeof shells)[number]) =>
      run({}, async (terminal) => terminal.result([scriptFor(shell, wordsOf(program))], {})),
    );
}

/** The words that may follow each command, from commander's own tree. */
export function wordsOf(command: Command, context = ""): Word[] {
  const options = command.options.filter(({ hidden }) => !hidden).map(({ long }) => long ?? "");
  const commands = command.commands.map((sub) => sub.name());
  const nested = command.commands.flatMap((sub) => wordsOf(sub, `${context} ${sub.name()}`.trim()));
  return [{ context, words: [...commands, ...options.filter(Boolean), "--help"] }, ...nested];
}

export function scriptFor(shell: (typeof shells)[number], all: Word[]): string {
  if (shell === "fish") return fishScript(all);
  const cases = all.map(({ context, words }) => `    "${context}") words="${words.join(" ")}" ;;`);
  // Both find the commands that were typed; what is no command (an option, a path) ends them.
  const known = all.map(({ context }) => context).filter(Boolean);
  const body = `_transpod_words() {
  local context="" word next words
  for word in "$@"; do
    next="\${context:+$context }$word"
    case "$next" in
      ${known.map((context) => `"${context}"`).join("|")}) context="$next" ;;
      *) break ;;
    esac
  done
  case "$context" in
${cases.join("\n")}
  esac
  printf '%s\\n' "$words"
}
`;
  return shell === "bash"
    ? `${body}_transpod() {
  local word="\${COMP_WORDS[COMP_CWORD]}"
  local words="$(_transpod_words "\${COMP_WORDS[@]:1:COMP_CWORD-1}")"
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _transpod transpod`
    : `#compdef transpod
${body}_transpod() {
  local -a candidates
  candidates=(\${=$(_transpod_words "\${(@)words[2,CURRENT-1]}")})
  compadd -- $candidates
  _files
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
compdef _transpod transpod`;
}

function fishScript(all: Word[]): string {
  return all
    .flatMap(({ context, words }) => {
      const names = context.split(" ").filter(Boolean);
      const condition =
        names.length === 0
          ? "__fish_use_subcommand"
          : names.map((name) => `__fish_seen_subcommand_from ${name}`).join("; and ");
      return words.map((word) => {
        const what = word.startsWith("--") ? `-l ${word.slice(2)}` : `-a ${word}`;
        return `complete -c transpod -n '${condition}' ${what}`;
      });
    })
    .join("\n");
}
