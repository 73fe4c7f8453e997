import { useState } from "preact/hooks";
import type { FileStatus } from "@transpod/contract/public-api.ts";

/** A small picture of the result, or an empty frame. */
export function Poster({ file }: { file: FileStatus }) {
  const [broken, setBroken] = useState(false);
  const shown = file.stills > 0 && !broken;
  return (
    <span class="poster">
      {shown && (
        <img
          src={`/upload/${file.file_id}/poster`}
          alt=""
          loading="lazy"
          decoding="async"
          onError={() => setBroken(true)}
        />
      )}
    </span>
  );
}
