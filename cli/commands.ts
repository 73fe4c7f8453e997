import type { Command } from "commander";

interface Entry {
  name: string;
  group: string;
  summary: string;
  load: () => Promise<(program: Command) => unknown>;
}

const videos = "Videos:";
const operation = "Operation:";

/** All commands, in the order of the help. Only the module of the command that is called is loaded. */
const entries: readonly Entry[] = [
  {
    ...{ name: "put", group: videos, summary: "upload videos, and transcode them" },
    load: async () => (await import("./videos/put.ts")).addPut,
  },
  {
    ...{ name: "get", group: videos, summary: "download results or originals" },
    load: async () => (await import("./videos/get.ts")).addGet,
  },
  {
    ...{ name: "ls", group: videos, summary: "list files" },
    load: async () => (await import("./videos/ls.ts")).addLs,
  },
  {
    ...{ name: "status", group: videos, summary: "show the state of files" },
    load: async () => (await import("./videos/status.ts")).addStatus,
  },
  {
    ...{ name: "watch", group: videos, summary: "show the progress of files until they end" },
    load: async () => (await import("./videos/watch.ts")).addWatch,
  },
  {
    ...{ name: "explain", group: videos, summary: "tell what happened to a file, and why" },
    load: async () => (await import("./videos/explain.ts")).addExplain,
  },
  {
    ...{ name: "cancel", group: videos, summary: "cancel files" },
    load: async () => (await import("./videos/cancel.ts")).addCancel,
  },
  {
    ...{ name: "retry", group: videos, summary: "start another attempt at files" },
    load: async () => (await import("./videos/retry.ts")).addRetry,
  },
  {
    ...{ name: "rm", group: videos, summary: "delete files" },
    load: async () => (await import("./videos/rm.ts")).addRm,
  },
  {
    ...{ name: "migrate", group: operation, summary: "update the schema of the database" },
    load: async () => (await import("./migrate.ts")).addMigrate,
  },
  {
    ...{ name: "keys", group: operation, summary: "manage API keys" },
    load: async () => {
      const { addKeys } = await import("./keys/command.ts");
      return (program) => addKeys(program.command("keys"));
    },
  },
  {
    ...{ name: "aws", group: operation, summary: "create buckets, queues and policies on AWS" },
    load: async () => (await import("./aws/command.ts")).addAws,
  },
  {
    ...{ name: "dlq", group: operation, summary: "list or redrive the dead-letter queue" },
    load: async () => (await import("./dlq/command.ts")).addDlq,
  },
  {
    ...{ name: "audit", group: operation, summary: "check that database, buckets and Jobs agree" },
    load: async () => (await import("./audit/command.ts")).addAudit,
  },
  {
    ...{ name: "completion", group: "Shell:", summary: "print a completion script for a shell" },
    load: async () => (await import("./completion.ts")).addCompletion,
  },
];

/** Adds the command that is called with all of its options, and of the others only what the help shows. */
export async function addCommands(program: Command, called: string | undefined): Promise<void> {
  const all = called === "help" || called === "completion";
  for (const { name, group, summary, load } of entries) {
    if (all || called === name) (await load())(program);
    else program.command(name);
    program.commands
      .find((command) => command.name() === name)!
      .summary(summary)
      .helpGroup(group);
  }
}
