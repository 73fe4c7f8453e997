import { execa } from "execa";
import { expect, test } from "vitest";
import { z } from "zod";
import { docker, runOnce } from "./docker.ts";
import { images } from "./images.ts";

const { api, controller, transcoder, cli, ...dev } = images;
const services = { api, controller, transcoder, cli };

const inspected = z.object({
  Size: z.number(),
  Config: z.object({
    User: z.string(),
    Entrypoint: z.array(z.string()),
    Env: z.array(z.string()),
    Labels: z.record(z.string(), z.string()),
  }),
});

async function inspect(image: string): Promise<z.infer<typeof inspected>> {
  const said = await docker(["image", "inspect", "--format", "{{json .}}", image]);
  return inspected.parse(JSON.parse(said));
}

const listings = new Map<string, Promise<string[]>>();

/** All that is in an image, as root sees it: paths without a slash in front. */
function filesIn(image: string): Promise<string[]> {
  const listing = listings.get(image) ?? list(image);
  listings.set(image, listing);
  return listing;
}

async function list(image: string): Promise<string[]> {
  const container = await docker(["create", image]);
  try {
    const files = execa("docker", ["export", container], { buffer: false });
    const { stdout } = await files.pipe("tar", ["-t"]);
    return stdout.split("\n").filter((path) => !path.endsWith("/"));
  } finally {
    await docker(["rm", container]);
  }
}

const common = ["licenses.txt", "main.js", "main.js.map", "package.json"];
const keys = ["keys.js", "keys.js.map"];
const reference = ["docs-init.js", "docs.html", "redoc.html"];
const packaged = [
  "node_modules/redoc/bundles/redoc.standalone.js",
  "node_modules/swagger-ui-dist/favicon-32x32.png",
  "node_modules/swagger-ui-dist/swagger-ui-bundle.js",
  "node_modules/swagger-ui-dist/swagger-ui.css",
];
const contents: Record<keyof typeof services, string[]> = {
  api: [...common, ...keys, ...reference, ...packaged, "page/index.html"],
  controller: common,
  transcoder: common,
  cli: common,
};

test.each(Object.entries(services))(
  "%s starts as 10001 and says what it is",
  async (name, image) => {
    const { Config } = await inspect(image);
    expect(Config).toMatchObject({ User: "10001:10001", Entrypoint: ["node", "/app/main.js"] });
    expect(Config.Env).toContain("NODE_ENV=production");
    expect(Config.Labels).toMatchObject({
      "org.opencontainers.image.title": `transpod-${name}`,
      "org.opencontainers.image.licenses": "Apache-2.0",
    });
  },
);

test.each(Object.entries(services))("%s holds its bundle and no leftovers", async (name, image) => {
  const files = await filesIn(image);
  const app = files.filter((file) => file.startsWith("app/")).map((file) => file.slice(4));
  const data = /^(?:migrations|compile-cache|page\/assets)\//;
  expect(app.filter((file) => !data.test(file)).toSorted()).toEqual(
    contents[name as keyof typeof contents].toSorted(),
  );
  const leftovers =
    /(?:^|\/)(?:npm|npx|yarn|corepack|\.git|.*\.tsx?|.*lock\.json|\.env.*|Dockerfile)$/;
  expect(files.filter((file) => leftovers.test(file))).toEqual([]);
  expect(files.filter((file) => /^(?:var\/lib\/apt\/lists|var\/cache\/apt)\/./.test(file))).toEqual(
    [],
  );
});

test.each(Object.values(services))("%s runs Node 24", async (image) => {
  expect(await runOnce(image, ["--version"], { entrypoint: "node" })).toMatch(/^v24\./);
});

test.each([api, controller, transcoder])(
  "%s says what is not set, and nothing else",
  async (image) => {
    const failed = await runOnce(image, []).catch((error: unknown) => error);
    expect(failed).toMatchObject({ exitCode: 1 });
    expect((failed as { stderr: string }).stderr).not.toMatch(/^\s+at /m);
  },
);

test.each(Object.values(dev))("%s starts as 10001", async (image) => {
  expect((await inspect(image)).Config.User).toBe("10001:10001");
});

test("the transcoder's image is no larger than 400 MB, and ffmpeg has both encoders", async () => {
  expect((await inspect(transcoder)).Size).toBeLessThanOrEqual(400e6);
  const encoders = await runOnce(transcoder, ["-hide_banner", "-encoders"], {
    entrypoint: "ffmpeg",
  });
  expect(encoders).toMatch(/ libx264 /);
  expect(encoders).toMatch(/ libx265 /);
});

test("the packages inside the transcoder's image are known to scanners", async () => {
  const files = await filesIn(transcoder);
  expect(files).toContain("etc/os-release");
  expect(files).toContain("var/lib/dpkg/status.d/ffmpeg");
  expect(files).toContainEqual(expect.stringMatching(/^var\/lib\/dpkg\/status\.d\/libx265-\d+$/));
});
