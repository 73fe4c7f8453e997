import { causeOf } from "@transpod/contract/causes.ts";
import { fileParams } from "@transpod/contract/parameters.ts";
import {
  transactionsResponse,
  type Transaction,
  type TransactionsResponse,
} from "@transpod/contract/transactions-api.ts";
import { listTransactions as list, type TransactionRow } from "@transpod/store/transactions.ts";
import { json, problems } from "../describe.ts";
import { claimsOf } from "../explain/tell-attempt.ts";
import { findFile } from "../find-file.ts";
import type { Route } from "../route.ts";

export const listTransactions: Route = {
  method: "get",
  path: "/upload/:file_id/transactions",
  scope: "read",
  operation: {
    operationId: "listTransactions",
    tags: ["files"],
    summary: "List the attempts at a file",
    requestParams: { path: fileParams },
    responses: {
      200: json("Its attempts", transactionsResponse),
      ...problems(400, 404, 422, 503),
    },
  },
  handle: (deps) => async (request, response) => {
    const { file_id } = await findFile(deps.pool, request);
    const rows = await list(deps.pool, file_id);
    response.json({
      file_id,
      transactions: rows.map(toTransaction),
    } satisfies TransactionsResponse);
  },
};

function toTransaction(row: TransactionRow): Transaction {
  const { failure_code: code, failure_detail: detail } = row;
  return {
    attempt: row.attempt,
    outcome: row.outcome,
    failure: code === null ? null : { code, detail: detail ?? "", cause: causeOf(code) },
    counted: row.counted,
    worker: row.worker,
    claims: claimsOf(row),
    workers_started: row.workers_started,
    chunks: row.chunks,
    memory_scale: row.memory_scale,
    waiting_for: row.waiting_for,
    original_codec: row.original_codec,
    target_codec: row.target_codec,
    notes: row.notes,
    phase_times: row.phase_times,
    worker_log: row.worker_log,
    queued_at: row.created_at.toISOString(),
    reserved_at: iso(row.reserved_at),
    launched_at: iso(row.launched_at),
    claimed_at: iso(row.claimed_at),
    last_heard_at: iso(row.heartbeat_at),
    ended_at: iso(row.ended_at),
  };
}

function iso(date: Date | null): string | null {
  return date?.toISOString() ?? null;
}
