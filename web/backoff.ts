const firstMs = 1_000;
const mostMs = 30_000;

/** How long to wait before try number `tries` + 1. `random`, from 0 to 1, keeps clients from coming back together. Pure. */
export function backoffMs(tries: number, random: number): number {
  return Math.min(mostMs, firstMs * 2 ** (tries - 1)) * (0.5 + random / 2);
}
