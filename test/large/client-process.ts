import { TranspodClient } from "../e2e/client.ts";

/** A client that may be killed: it says each part that S3 has taken, one a line. */
const [url = "", fileId = "", path = ""] = process.argv.slice(2);
await new TranspodClient(url).uploadParts(fileId, path, (part) => console.log(part));
