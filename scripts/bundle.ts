import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Metafile } from "esbuild";
import { referenceFiles } from "@transpod/api/reference/files.ts";

const packageFolder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/;
const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Files that a package opens at run time: [where they are, where the bundle looks for them]. Files that
 * are resolved by package name are looked for in node_modules; files beside a module are looked for
 * beside main.js.
 */
const openedFiles: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  api: [
    [join(root, "web/dist"), "page"],
    ...Object.values(referenceFiles).map((file) => {
      const packaged = /node_modules\/(?!.*node_modules\/).*/.exec(file)?.[0];
      return [file, packaged ?? basename(file)] as const;
    }),
  ],
  cli: [[join(root, "store/migrations"), "migrations"]],
};

/** The entry points of a package's image: the module and the name of its bundle. */
function entryPointsOf(name: string) {
  const main = { in: join(name, "main.ts"), out: "main" };
  // The API's pods have DATABASE_URL: `kubectl exec deploy/transpod-api -- node keys.js create NAME`.
  return name === "api" ? [main, { in: "cli/keys/main.ts", out: "keys" }] : [main];
}

/** Bundles one package and its imports into a folder that Node can run without node_modules. */
async function bundle(name: string, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: entryPointsOf(name),
    // Not the output folder: so the source map has "store/files.ts", whatever the folder is.
    outdir: ".",
    write: false,
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    // ES modules can be tree-shaken; the AWS SDK is a third smaller.
    mainFields: ["module", "main"],
    // pg loads it only when NODE_PG_FORCE_NATIVE is set.
    external: ["pg-native"],
    // CommonJS packages in an ES module find no `require`.
    banner: {
      js: [
        'import { createRequire as requireFrom } from "node:module";',
        "const require = requireFrom(import.meta.url);",
      ].join("\n"),
    },
    // Not minified, and with names and lines of the sources: stack traces stay readable.
    sourcemap: "linked",
    sourcesContent: false,
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
    // It is imported for its types.
    logOverride: { "ignored-bare-import": "silent" },
  });
  for (const { path, contents } of outputFiles) {
    await writeFile(join(folder, basename(path)), contents);
  }
  await writeFile(join(folder, "package.json"), '{ "type": "module" }\n');
  await writeFile(join(folder, "licenses.txt"), await licensesOf(name, metafile));
  for (const [file, copy] of openedFiles[name] ?? []) {
    await cp(file, join(folder, copy), { recursive: true });
  }
}

/** The packages' licenses must be included in every copy. */
async function licensesOf(name: string, { inputs }: Metafile): Promise<string> {
  const opened = (openedFiles[name] ?? []).map(([file]) => relative(root, file));
  const packages = new Set(
    [...Object.keys(inputs), ...opened].flatMap((file) => packageFolder.exec(file)?.[0] ?? []),
  );
  const texts = await Promise.all([...packages].toSorted().map(licenseOf));
  return texts.join("\n");
}

async function licenseOf(packaged: string): Promise<string> {
  const folder = join(root, packaged);
  const about = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as {
    name: string;
    version: string;
    license?: string;
  };
  const names = (await readdir(folder)).filter((name) =>
    /^(licen[cs]e|notice|copying)/i.test(name),
  );
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  const title = `${about.name} ${about.version} (${about.license ?? "see below"})`;
  return [`===== ${title}`, ...texts.map((text) => text.trim()), ""].join("\n\n");
}

const [name, folder] = process.argv.slice(2);
if (name === undefined || folder === undefined) {
  console.error("Usage: node scripts/bundle.ts PACKAGE FOLDER");
  process.exit(2);
}
await bundle(name, folder);
