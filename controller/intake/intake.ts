import type { Message, SQSClient } from "@aws-sdk/client-sqs";
import pRetry from "p-retry";
import { Consumer } from "sqs-consumer";
import { parseS3Message } from "@transpod/contract/s3-event.ts";
import type { Logger } from "@transpod/runtime/logger.ts";
import type { Service } from "@transpod/runtime/process.ts";
import type { ControllerMetrics } from "../metrics.ts";
import { recordMessage, type RecordDeps } from "./record-message.ts";

export interface IntakeDeps extends RecordDeps {
  sqs: SQSClient;
  queueUrl: string;
  queueVisibilitySeconds: number;
  metrics: ControllerMetrics;
  log: Logger;
}

/** Drains the queue into Postgres. A message is deleted only after its transaction has committed. */
export function startIntake(deps: IntakeDeps): Service {
  const stopping = new AbortController();
  const consumer = Consumer.create({
    sqs: deps.sqs,
    queueUrl: deps.queueUrl,
    batchSize: 10,
    waitTimeSeconds: 20,
    visibilityTimeout: deps.queueVisibilitySeconds,
    messageSystemAttributeNames: ["ApproximateReceiveCount"],
    pollingCompleteWaitTimeMs: 5_000,
    // Each receive brings a message nearer to the dead-letter queue. While Postgres is away none is
    // received, so that an outage of ours sends nothing there.
    preReceiveMessageCallback: () => databaseAnswers(deps, stopping.signal),
    handleMessageBatch: (messages) => recordBatch(deps, messages),
  });
  consumer.on("error", (err) => deps.log.warn({ event: "queue_error", err }));
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

/** Resolves once Postgres answers; gives up only when the intake stops. */
async function databaseAnswers({ pool, log }: IntakeDeps, signal: AbortSignal): Promise<void> {
  await pRetry(() => pool.query("select"), {
    retries: Infinity,
    minTimeout: 250,
    maxTimeout: 5_000,
    signal,
    onFailedAttempt: ({ error }) => log.warn({ event: "intake_paused", err: error }),
  });
}

/** Returns the messages that may be deleted. The others come back when their time is out. */
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
  if (parsed.kind === "unparseable") {
    metrics.unparseable.inc();
    log.warn({ event: "message_unparseable", message_id, why: parsed.why });
    return false;
  }
  try {
    for (const disposition of await recordMessage(deps, message_id, parsed.objects)) {
      metrics.arrivals.inc({ disposition });
      log.info({ event: "arrival_recorded", message_id, disposition });
    }
    return true;
  } catch (err) {
    log.error({ event: "intake_error", message_id, err });
    return false;
  }
}
