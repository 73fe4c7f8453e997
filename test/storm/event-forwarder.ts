import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type Message,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { setTimeout as delay } from "node:timers/promises";
import { pick } from "./random.ts";

const faults = ["lost", "duplicated", "delayed"] as const;

export type ForwarderFigures = Record<(typeof faults)[number], number>;

/** Takes a share of the events from the queue: loses some, sends some twice, and some later. */
export class EventForwarder {
  readonly figures: ForwarderFigures = { lost: 0, duplicated: 0, delayed: 0 };
  readonly #sqs: SQSClient;
  readonly #queueUrl: string;
  readonly #random: () => number;
  readonly #stopping = new AbortController();
  readonly #working: Promise<void>;

  constructor(sqs: SQSClient, queueUrl: string, random: () => number) {
    this.#sqs = sqs;
    this.#queueUrl = queueUrl;
    this.#random = random;
    this.#working = this.#work();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#working;
  }

  async #work(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const { Messages = [] } = await this.#sqs.send(
        new ReceiveMessageCommand({ QueueUrl: this.#queueUrl }),
      );
      for (const message of Messages) await this.#handle(message);
      await delay(100 + this.#random() * 400, undefined, { signal }).catch(() => {});
    }
  }

  async #handle({ Body, ReceiptHandle }: Message): Promise<void> {
    const fault = pick(this.#random, faults);
    const copies = { lost: 0, duplicated: 2, delayed: 1 }[fault];
    for (let copy = 0; copy < copies; copy += 1) {
      const DelaySeconds = Math.floor(this.#random() * 4);
      await this.#sqs.send(
        new SendMessageCommand({ QueueUrl: this.#queueUrl, MessageBody: Body, DelaySeconds }),
      );
    }
    await this.#sqs.send(new DeleteMessageCommand({ QueueUrl: this.#queueUrl, ReceiptHandle }));
    this.figures[fault] += 1;
  }
}
