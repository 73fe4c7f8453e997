import type { Response } from "express";

export interface EventWriter {
  /** The client has gone, or was told that there is no more. */
  over: () => boolean;
  /** Fields of a server-sent event, each on one line. */
  write: (fields: Readonly<Record<string, string>>) => void;
  /** Shows a client that the connection is alive, and the server when it is not. */
  beat: () => void;
}

/** https://html.spec.whatwg.org/multipage/server-sent-events.html */
export function eventWriter(response: Response): EventWriter {
  // Between the end and the close of a connection there may still be events; writing them would throw.
  const over = () => response.writableEnded || response.destroyed;
  const write = (text: string) => void (over() || response.write(`${text}\n\n`));
  return {
    over,
    write: (fields) =>
      write(
        Object.entries(fields)
          .map(([name, value]) => `${name}: ${value}`)
          .join("\n"),
      ),
    beat: () => write(":"),
  };
}
