/** Of a stream of server-sent events. */
export const streamHeaders = {
  "Content-Type": "text/event-stream",
  "Cache-Control": "no-store",
  // Without it nginx buffers events until its buffer is full.
  "X-Accel-Buffering": "no",
} as const;
