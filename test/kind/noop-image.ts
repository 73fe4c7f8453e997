import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { execa } from "execa";
import { installation } from "./tools.ts";

export const noopRepository = "transpod-noop";

/**
 * The transcoder's image with a worker in it that transcodes nothing, on the cluster's node. All else
 * is the same, so that what is measured is everything around a transcode.
 */
export async function loadNoopImage(transcoder: string, tag: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "transpod-noop-image-"));
  try {
    await build({
      entryPoints: [fileURLToPath(new URL("../noop-worker.ts", import.meta.url))],
      outfile: join(folder, "main.js"),
      bundle: true,
      platform: "node",
      target: "node24",
      format: "esm",
      banner: {
        js: [
          'import { createRequire as requireFrom } from "node:module";',
          "const require = requireFrom(import.meta.url);",
        ].join("\n"),
      },
    });
    await writeFile(join(folder, "Dockerfile"), `FROM ${transcoder}\nCOPY main.js /app/main.js\n`);
    const image = `${noopRepository}:${tag}`;
    await execa("docker", ["build", "--quiet", "--tag", image, folder]);
    await execa("kind", ["load", "docker-image", image, "--name", installation.cluster]);
    await execa("docker", ["rmi", image]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
