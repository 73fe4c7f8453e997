import type { Database } from "./database.ts";

export interface OutboxRow {
  outbox_id: number;
  body: string;
}

/** Call it in the same transaction as the cause of the message. */
export async function insertOutbox(db: Database, body: string): Promise<void> {
  await db.query(`insert into outbox (body) values ($1)`, [body]);
}

/**
 * Takes the oldest messages. Call it inside a transaction that sends them and deletes those that were sent.
 */
export async function takeOutbox(db: Database, limit: number): Promise<OutboxRow[]> {
  const { rows } = await db.query<OutboxRow>(
    `select outbox_id, body from outbox order by outbox_id limit $1 for update skip locked`,
    [limit],
  );
  return rows;
}

export async function deleteOutbox(db: Database, outboxIds: number[]): Promise<void> {
  await db.query(`delete from outbox where outbox_id = any($1)`, [outboxIds]);
}
