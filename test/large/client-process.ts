import { TranspodClient } from "@transpod/client/client.ts";

/** A client that may be killed: it prints each part that S3 has accepted, one per line. */
const [url = "", fileId = "", path = ""] = process.argv.slice(2);
await new TranspodClient(url).send(fileId, path, {
  inParts: true,
  onPart: (part) => console.log(part),
});
