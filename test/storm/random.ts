import type { Random } from "@transpod/api/forecast/random.ts";

export function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T;
}
