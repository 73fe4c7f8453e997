import { HttpError } from "@transpod/runtime/problems.ts";

/** Throws HttpError when an uploaded object has another size than its worker announced. */
export function compareSize(object: { size_bytes: number }, announced: number): void {
  if (object.size_bytes === announced) return;
  throw new HttpError(
    422,
    "wrong_size",
    `The uploaded output has ${object.size_bytes} bytes, but ${announced} were announced.`,
  );
}
