import { armCrashPoint, type CrashPoint } from "@transpod/runtime/crash-point.ts";

/** Embedded mode, which dies at the crash point that the test sends. */
process.on("message", (point: CrashPoint) => {
  armCrashPoint(point);
  process.send?.("armed");
});
await import("@transpod/embedded/main.ts");
