/** S3 refused, or the connection broke (status 0). */
export class StorageError extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`S3 answered with ${status}.`);
    this.status = status;
  }
}

export interface Put {
  url: string;
  /** As the API says; the browser itself adds the length. */
  headers: Readonly<Record<string, string>>;
  body: Blob;
  onSent: (bytes: number) => void;
  signal: AbortSignal;
}

/** Sends bytes to S3. Not with fetch, which does not say how much was sent. Throws a StorageError, or the signal's reason. */
export async function put({ url, headers, body, onSent, signal }: Put): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const request = new XMLHttpRequest();
  const abort = () => request.abort();
  signal.addEventListener("abort", abort);
  request.upload.addEventListener("progress", ({ loaded }) => onSent(loaded));
  request.addEventListener("error", () => reject(new StorageError(0)));
  request.addEventListener("abort", () => reject(signal.reason as Error));
  request.addEventListener("load", () => {
    if (request.status >= 200 && request.status < 300) resolve();
    else reject(new StorageError(request.status));
  });
  request.open("PUT", url);
  for (const [name, value] of Object.entries(headers)) {
    if (name.toLowerCase() !== "content-length") request.setRequestHeader(name, value);
  }
  request.send(body);
  try {
    await promise;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
