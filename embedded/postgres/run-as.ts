import { chown, stat } from "node:fs/promises";

/** "nobody" on Linux: no new user is needed, and the number is the same everywhere. */
const NOBODY = 65_534;

export interface RunAs {
  /** The command to start instead of `command args`. */
  wrap(command: string, args: readonly string[]): { command: string; args: readonly string[] };
  /** Makes that user the owner of a file or folder. */
  own(path: string): Promise<void>;
}

const ourselves: RunAs = {
  wrap: (command, args) => ({ command, args }),
  own: async () => {},
};

/**
 * Postgres refuses to run as root, so root runs it as another user: the owner of the data if it exists,
 * else "nobody".
 *
 * That user keeps one capability of root, to enter folders without permission: the clone and the data
 * may be under /root. `no_setuid_fixup` makes access(2) respect the capability too; initdb uses it to
 * check that it can run the server (capabilities(7), access(2)).
 */
export async function chooseRunAs(dataFolder: string): Promise<RunAs> {
  if (process.getuid?.() !== 0 || process.platform !== "linux") return ourselves;
  const user = await ownerOf(dataFolder);
  const keep = "-all,+dac_override";
  const setpriv = [
    `--reuid=${user}`,
    `--regid=${user}`,
    "--clear-groups",
    "--securebits=+no_setuid_fixup",
    `--inh-caps=${keep}`,
    `--ambient-caps=${keep}`,
    `--bounding-set=${keep}`,
    "--",
  ];
  return {
    wrap: (command, args) => ({ command: "setpriv", args: [...setpriv, command, ...args] }),
    own: (path) => chown(path, user, user),
  };
}

async function ownerOf(folder: string): Promise<number> {
  const owner = await stat(folder).then(
    ({ uid }) => uid,
    () => NOBODY,
  );
  return owner === 0 ? NOBODY : owner;
}
