import { z } from "zod";
import "zod-openapi";

/** Parameters of paths and queries that several operations of the public API have. */

/** A whole number in a query. */
export function integerInQuery(minimum: number, maximum: number, byDefault: number) {
  return (
    z.coerce
      .number()
      .pipe(z.int().min(minimum).max(maximum))
      .default(byDefault)
      // Coercion hides the range from the OpenAPI document.
      .meta({ override: { type: "integer", minimum, maximum } })
  );
}

/** Which page of a list is requested, and how many items it may have. `cursor` is the form of its cursors. */
export const pageQuery = (cursor: RegExp) => ({
  limit: integerInQuery(1, 100, 50),
  cursor: z
    .string()
    .optional()
    .meta({ description: "`next_cursor` of the previous page.", pattern: cursor.source }),
});

/** An id in a path. Not z.uuid(): an id that has the right form but can't be one of ours is unknown, not malformed. */
export function idInPath(error: string) {
  return z.guid(error).meta({
    // The format is enough.
    override: ({ jsonSchema }) => {
      delete jsonSchema.pattern;
    },
  });
}

export const fileParams = z.object({ file_id: idInPath("The file id is not a UUID.") });
