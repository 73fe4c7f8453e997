import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { startTranspod, type Transpod } from "../test-transpod.ts";

const flags = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

export interface BrowserTest {
  transpod: Transpod;
  browser: Browser;
  /** For `make keys` and the like. */
  dataDir: string;
  stop(): Promise<void>;
}

/** A whole Transpod as `make up` runs it, and the machine's Chromium with a new profile. */
export async function startBrowserTest(
  environment: Record<string, string> = {},
): Promise<BrowserTest> {
  await using parts = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), "transpod-browser-"));
  parts.defer(() => rm(dataDir, { recursive: true, force: true }));
  const transpod = await startTranspod({ DATA_DIR: dataDir, ...environment });
  parts.defer(async () => void (await transpod.end("SIGTERM")));
  const { stdout: executablePath } = await execa("which", ["chromium"]);
  const browser = await chromium.launch({ executablePath, args: flags });
  parts.defer(() => browser.close());
  const running = parts.move();
  return { transpod, browser, dataDir, stop: () => running.disposeAsync() };
}

export interface WatchedPage extends AsyncDisposable {
  page: Page;
  /** Faults of these forms are what the test wants to see. */
  expectFaults(...forms: RegExp[]): void;
  /** Throws when there was a CSP violation, an error in the console, or a request to elsewhere. */
  check(): void;
}

/**
 * A page with a profile of its own. With `await using`, or `check`, the test fails when the page did what it must not
 * do: a violation of the Content Security Policy, an error in the console, or a request that leaves the
 * origin but to S3.
 */
export async function openPage(
  { browser, transpod }: BrowserTest,
  path = "/",
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ baseURL: transpod.url, ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  const expected: RegExp[] = [];
  await page.exposeFunction("reportViolation", (text: string) => void faults.push(text));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      const { reportViolation } = window as unknown as { reportViolation: (text: string) => void };
      reportViolation(`CSP ${event.effectiveDirective}: ${event.blockedURI}`);
    });
  });
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(`${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => void faults.push(`uncaught: ${error.message}`));
  page.on("request", (request) => {
    if (leaves(transpod.url, request.url())) faults.push(`request to ${request.url()}`);
  });
  const check = (): void => {
    const unexpected = faults.filter((fault) => !expected.some((form) => form.test(fault)));
    if (unexpected.length > 0)
      throw new Error(`The page must not do this:\n${unexpected.join("\n")}`);
  };
  await page.goto(path);
  return {
    page,
    expectFaults: (...forms) => void expected.push(...forms),
    check,
    async [Symbol.asyncDispose]() {
      await context.close();
      check();
    },
  };
}

function leaves(origin: string, address: string): boolean {
  const { origin: to, protocol, hostname, pathname } = new URL(address);
  if (protocol === "blob:" || protocol === "data:" || to === origin) return false;
  return hostname !== "127.0.0.1" || !/^\/transpod-(?:raw|processed)\//.test(pathname);
}
