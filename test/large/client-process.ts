import { TranspodClient } from "../e2e/client.ts";

/** A client that may be killed: it prints each part that S3 has accepted, one per line. */
const [url = "", fileId = "", path = ""] = process.argv.slice(2);
await new TranspodClient(url).uploadParts(fileId, path, (part) => console.log(part));
