import { TranspodError } from "@transpod/contract/errors.ts";
import { asColumns } from "../columns.ts";
import type { Terminal } from "../terminal.ts";
import { planDestruction, type Destruction } from "./destroy.ts";
import { explain } from "./explain.ts";
import type { DestroyOptions } from "./options.ts";
import { describeTarget } from "./show.ts";

export async function destroyCommand(
  suffix: string,
  options: DestroyOptions,
  terminal: Terminal,
): Promise<void> {
  const { endpoint } = options;
  try {
    terminal.status("Looking for resources");
    const destruction = await planDestruction({
      ...{ suffix, endpoint, region: options.region, account: options.account },
      policies: options.policies ?? endpoint === undefined,
    });
    const { found, region, account = null } = destruction;
    if (found.length > 0 && options.yes !== true) {
      await confirm(suffix, destruction, options, terminal);
    }
    await destruction.carryOut((step) => terminal.status(step));
    const deleted = found.map(({ kind, name }) => ({ kind, name }));
    terminal.result(
      found.length === 0
        ? [`There are no resources of ${suffix} in ${describeTarget(destruction, options)}.`]
        : asColumns(deleted.map(({ kind, name }) => ["deleted", kind, name])),
      { suffix, account, region, deleted },
    );
  } catch (error) {
    throw explain(error, endpoint);
  }
}

async function confirm(
  suffix: string,
  destruction: Destruction,
  options: DestroyOptions,
  terminal: Terminal,
): Promise<void> {
  const { found } = destruction;
  if (!terminal.interactive) {
    throw new TranspodError(
      "not_confirmed",
      "Nothing was deleted, because there is no terminal to ask for confirmation. Use --yes to delete without it.",
    );
  }
  terminal.say(`In ${describeTarget(destruction, options)}:`);
  for (const line of asColumns(found.map(({ kind, name }) => [kind, name]))) terminal.say(line);
  const answer = await terminal.ask(`Type ${suffix} to delete all of them, with every video: `);
  if (answer !== suffix) {
    throw new TranspodError(
      "not_confirmed",
      `Nothing was deleted: the answer was not "${suffix}".`,
    );
  }
}
