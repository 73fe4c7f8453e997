import type { Message, SQSClient } from "@aws-sdk/client-sqs";
import { setTimeout as delay } from "node:timers/promises";
import pRetry from "p-retry";
import { Consumer } from "sqs-consumer";
import { parseS3Message } from "@transpod/contract/s3-event.ts";
import { crashPoint } from "@transpod/runtime/crash-point.ts";
import type { Logger } from "@transpod/runtime/logger.ts";
import type { Service } from "@transpod/runtime/process.ts";
import type { ControllerSettings } from "../config.ts";
import type { ControllerMetrics } from "../metrics.ts";
import { recordMessage, type RecordDeps } from "./record-message.ts";

export interface IntakeDeps extends RecordDeps {
  sqs: SQSClient;
  queueUrl: string;
  settings: ControllerSettings;
  metrics: ControllerMetrics;
  log: Logger;
}

/** Drains the queue into Postgres. A message is deleted only after its transaction has committed. */
export function startIntake(deps: IntakeDeps): Service {
  const stopping = new AbortController();
  let failures = 0;
  const consumer = Consumer.create({
    sqs: deps.sqs,
    queueUrl: deps.queueUrl,
    batchSize: 10,
    waitTimeSeconds: 20,
    visibilityTimeout: deps.settings.queueVisibilitySeconds,
    pollingCompleteWaitTimeMs: 5_000,
    // Each receive brings a message nearer to the dead-letter queue. So nothing is received while
    // Postgres can't be reached: an outage of ours must not send messages there.
    async preReceiveMessageCallback() {
      if (failures > 0) await delay(backoffMs(failures), undefined, { signal: stopping.signal });
      await databaseAnswers(deps, stopping.signal);
    },
    handleMessageBatch: (messages) => recordBatch(deps, messages),
  });
  consumer.on("error", (err) => {
    if (stopping.signal.aborted) return;
    failures += 1;
    deps.log.warn({ event: "queue_error", err });
  });
  for (const well of ["empty", "response_processed"] as const) {
    consumer.on(well, () => (failures = 0));
  }
  consumer.on("processing_error", (err) => deps.log.warn({ event: "intake_error", err }));
  consumer.start();
  return {
    async stop() {
      stopping.abort();
      if (!consumer.status.isRunning) return;
      const stopped = new Promise<void>((resolve) => consumer.once("stopped", () => resolve()));
      consumer.stop({ abort: true });
      await stopped;
    },
  };
}

function backoffMs(failures: number): number {
  return Math.min(5_000, 250 * 2 ** (failures - 1));
}

/** Resolves when Postgres answers; rejects only when the intake stops. */
async function databaseAnswers({ pool, log }: IntakeDeps, signal: AbortSignal): Promise<void> {
  await pRetry(() => pool.query("select"), {
    retries: Infinity,
    minTimeout: 250,
    maxTimeout: 5_000,
    signal,
    onFailedAttempt: ({ error }) => log.warn({ event: "intake_paused", err: error }),
  });
}

/** Returns the messages that may be deleted. The others come back after their visibility timeout. */
async function recordBatch(deps: IntakeDeps, messages: Message[]): Promise<Message[]> {
  const done = await Promise.all(
    messages.map(async (message) => ((await recordOne(deps, message)) ? [message] : [])),
  );
  return done.flat();
}

async function recordOne(deps: IntakeDeps, message: Message): Promise<boolean> {
  const { metrics, log } = deps;
  const message_id = message.MessageId ?? "";
  metrics.received.inc();
  const parsed = parseS3Message(message.Body ?? "");
  if (parsed.kind === "test") {
    metrics.testEvents.inc();
    return true;
  }
  const bad = parsed.kind === "objects" ? parsed.bad : [parsed.why];
  for (const why of bad) {
    metrics.unparseable.inc();
    log.warn({ event: "record_unparseable", message_id, why });
  }
  if (parsed.kind === "unparseable") return false;
  if (parsed.kind === "no_records") return true;
  try {
    for (const recorded of await recordMessage(deps, message_id, parsed.objects)) {
      metrics.arrivals.inc({ disposition: recorded.disposition });
      if (recorded.refused !== undefined) metrics.finished.inc({ reason: recorded.refused });
      log.info({ event: "arrival_recorded", message_id, ...recorded });
    }
    crashPoint("arrivals_committed");
    return true;
  } catch (err) {
    log.error({ event: "intake_error", message_id, err });
    return false;
  }
}
