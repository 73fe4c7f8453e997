/** Which answers of the list still count: those to what was asked since the list last began anew. Pure but for its count. */
export class PageRequests {
  #generation = 0;

  /** For the first page: answers to what was asked before do not count any more. */
  beginAnew(): () => boolean {
    this.#generation += 1;
    return this.continue();
  }

  /** For a page that continues the list. Returns whether its answer counts. */
  continue(): () => boolean {
    const asked = this.#generation;
    return () => asked === this.#generation;
  }
}
