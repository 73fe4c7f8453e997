import { TranspodError } from "@transpod/contract/errors.ts";
import { connect, type ConnectOptions } from "./connect.ts";
import { namesFor, suffixTag } from "./names.ts";
import { findInstallation, type FoundResource } from "./inventory.ts";

export interface DestroyOptions extends ConnectOptions {
  suffix: string;
}

export interface Destruction {
  region: string;
  /** Undefined where an emulator wasn't asked. */
  account: string | undefined;
  /** The resources to delete; nothing has been deleted yet. */
  found: readonly FoundResource[];
  /** Can be repeated after an interruption, by planning again. */
  carryOut(onStep: (step: string) => void): Promise<void>;
}

/**
 * Finds the resources of an installation on AWS. Throws a TranspodError, with nothing deleted, when a
 * resource with one of our names lacks our tag, or a policy is still attached.
 */
export async function planDestruction(options: DestroyOptions): Promise<Destruction> {
  const connection = await connect(options);
  const found = await findInstallation(connection, namesFor(options.suffix));
  const strange = found.filter(({ tags }) => tags[suffixTag] !== options.suffix);
  if (strange.length > 0) throw notOurs(strange, options.suffix);
  const held = found.filter(({ holders }) => holders.length > 0);
  if (held.length > 0) throw attached(held);
  return {
    region: connection.region,
    account: connection.identity?.account,
    found,
    async carryOut(onStep) {
      for (const item of found) {
        onStep(`Deleting the ${item.kind} ${item.name}`);
        await item.delete(onStep);
      }
    },
  };
}

function notOurs(found: FoundResource[], suffix: string): TranspodError {
  const list = found.map(({ kind, name }) => `the ${kind} ${name}`).join(", ");
  return new TranspodError(
    "not_ours",
    `Nothing was deleted, because the tag ${suffixTag}=${suffix} is missing on ${list}. If Transpod ` +
      `uses it, "transpod aws init ${suffix}" adds the tag; otherwise delete it by other means.`,
  );
}

function attached(found: FoundResource[]): TranspodError {
  const list = found.map(({ name, holders }) => `${name} is attached to ${holders.join(", ")}`);
  return new TranspodError(
    "policy_attached",
    `Nothing was deleted, because the policy ${list.join("; the policy ")}. Detach it and run the ` +
      "command again, or use --no-policies to keep the policies.",
  );
}
