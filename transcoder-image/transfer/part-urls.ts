const batchSize = 8;

type Sign = (partNumbers: number[]) => Promise<Map<number, string>>;

/**
 * Presigned URLs, asked for in small batches shortly before they are used: they expire, and a
 * large file has thousands.
 */
export class PartUrls {
  readonly #sign: Sign;
  readonly #count: number;
  readonly #known = new Map<number, Promise<Map<number, string>>>();

  constructor(partCount: number, sign: Sign) {
    this.#count = partCount;
    this.#sign = sign;
  }

  async get(partNumber: number): Promise<string> {
    const batch = this.#known.get(partNumber) ?? this.#ask(partNumber);
    const url = (await batch).get(partNumber);
    if (url === undefined) throw new Error(`The controller signed no URL for part ${partNumber}.`);
    return url;
  }

  /** The URL did not work: the next `get` asks for a new one. */
  forget(partNumber: number): void {
    this.#known.delete(partNumber);
  }

  #ask(first: number): Promise<Map<number, string>> {
    const last = Math.min(first + batchSize - 1, this.#count);
    const unknown: number[] = [];
    for (let n = first; n <= last; n++) if (!this.#known.has(n)) unknown.push(n);
    const batch = this.#sign(unknown);
    for (const n of unknown) this.#known.set(n, batch);
    return batch;
  }
}
