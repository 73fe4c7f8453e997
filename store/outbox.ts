import type { Database } from "./database.ts";

export interface OutboxRow {
  outbox_id: number;
  body: string;
}

/** To be called in the same transaction as the cause of the message. */
export async function insertOutbox(db: Database, body: string): Promise<void> {
  await db.query(`insert into outbox (body) values ($1)`, [body]);
}

/** Takes the oldest unsent messages. To be called inside a transaction that sends and marks them. */
export async function takeOutbox(db: Database, limit: number): Promise<OutboxRow[]> {
  const { rows } = await db.query<OutboxRow>(
    `select outbox_id, body from outbox where sent_at is null
     order by outbox_id limit $1 for update skip locked`,
    [limit],
  );
  return rows;
}

export async function markSent(db: Database, outboxIds: number[]): Promise<void> {
  await db.query(`update outbox set sent_at = now() where outbox_id = any($1)`, [outboxIds]);
}
