import type { ChunkLeaseRef, LeaseRef } from "@transpod/contract/job-identity.ts";
import { getChunkLease, type ChunkLeaseRow } from "@transpod/store/chunk-leases.ts";
import { getLease, type LeaseRow } from "@transpod/store/work.ts";
import type { WorkDeps } from "./deps.ts";
import { FencedError } from "./fenced.ts";

/** Throws FencedError when the lease is no longer the current one. */
export async function requireLease({ pool }: WorkDeps, ref: LeaseRef): Promise<LeaseRow> {
  const row = await getLease(pool, ref);
  if (row === undefined) throw new FencedError(ref);
  return row;
}

/** Throws FencedError when the lease of the chunk has ended. */
export async function requireChunkLease(
  { pool }: WorkDeps,
  ref: ChunkLeaseRef,
): Promise<ChunkLeaseRow> {
  const row = await getChunkLease(pool, ref);
  if (row === undefined) throw new FencedError(ref);
  return row;
}
