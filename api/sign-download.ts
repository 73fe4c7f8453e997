import { create as contentDisposition } from "content-disposition";
import { versionParameter } from "@transpod/runtime/aws.ts";
import type { ApiDeps } from "./deps.ts";
import { signUrl } from "./presign.ts";

export interface StoredObject {
  bucket: string;
  key: string;
  /** The version, whatever was PUT to the key later; null in a bucket without versions. */
  version: string | null;
}

/** A URL that downloads an object as a file of the given name, which may be any Unicode. */
export async function signDownload(
  { publicS3, settings }: ApiDeps,
  { bucket, key, version }: StoredObject,
  fileName: string,
): Promise<string> {
  const { VersionId: versionId } = versionParameter(version);
  const request = {
    operation: "GetObject",
    ...{ bucket, key },
    query: {
      "response-content-disposition": contentDisposition(fileName),
      ...(versionId === undefined ? {} : { versionId }),
    },
  } as const;
  const { url } = await signUrl(publicS3, request, settings.downloadUrlTtlSeconds);
  return url;
}
