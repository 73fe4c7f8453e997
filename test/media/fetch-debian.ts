import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";

/** The release whose source packages hold the files we name. */
const suite = "trixie";

/** Whether apt is installed and has a Debian archive. */
export function hasDebianArchive(): boolean {
  return osRelease()["ID"] === "debian";
}

/**
 * Downloads a source package's upstream archive with apt's own tools, which check its signatures.
 * It uses its own sources and state, so the machine's configuration does not change.
 */
export async function fetchDebianSource(name: string, folder: string): Promise<void> {
  const state = await mkdtemp(join(tmpdir(), "transpod-apt-"));
  const at = (path: string) => join(state, path);
  try {
    await Promise.all(
      ["lists/partial", "cache/archives/partial"].map((path) =>
        mkdir(at(path), { recursive: true }),
      ),
    );
    await writeFile(at("sources.list"), `deb-src ${await archiveOfThisMachine()} ${suite} main\n`);
    const ours = [
      `Dir::Etc::sourcelist=${at("sources.list")}`,
      "Dir::Etc::sourceparts=-",
      `Dir::State::lists=${at("lists")}`,
      `Dir::Cache=${at("cache")}`,
      "APT::Sandbox::User=root",
    ].flatMap((setting) => ["-o", setting]);
    await execa("apt-get", [...ours, "update"]);
    const what = ["source", "--download-only", "--only-source", "--tar-only", name];
    await execa("apt-get", [...ours, ...what], { cwd: folder });
  } finally {
    await rm(state, { recursive: true, force: true });
  }
}

/** The mirror that this machine is set up with. */
async function archiveOfThisMachine(): Promise<string> {
  const format = "$(RELEASE) $(COMPONENT) $(REPO_URI)";
  const { stdout } = await execa("apt-get", [
    ...["indextargets", "--format", format, "Created-By: Packages"],
  ]);
  const release = `${osRelease()["VERSION_CODENAME"]} main `;
  const line = stdout.split("\n").find((each) => each.startsWith(release));
  if (line === undefined) throw new Error(`apt knows no archive of ${release.trim()}.`);
  return line.slice(release.length);
}

function osRelease(): Record<string, string> {
  try {
    const lines = readFileSync("/etc/os-release", "utf8").split("\n");
    return Object.fromEntries(
      lines.map((line) => [line.split("=")[0], line.split("=")[1]?.replaceAll('"', "")]),
    ) as Record<string, string>;
  } catch {
    return {};
  }
}
