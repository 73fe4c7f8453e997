import { z } from "zod";
import "zod-openapi";
import { pageQuery } from "./parameters.ts";
import { controlCharacters, countCharacters, fileStatus, state } from "./public-api.ts";

/** The shapes of the list of files. */

export const fileSorts = ["created_at", "updated_at", "file_name", "size_bytes"] as const;
export type FileSort = (typeof fileSorts)[number];
export type SortOrder = "asc" | "desc";

/** The id of the last file of a page and what the list is sorted by, in hexadecimal. Opaque to clients, so that it can change. */
export const fileCursor = /^([0-9a-f]{32})((?:[0-9a-f]{2})*)$/;

export const maxSearchLength = 100;

export const listQuery = z.strictObject({
  status: z
    .union([state.transform((one) => [one]), z.array(state).min(1)])
    .optional()
    .meta({
      description: "Given several times: any of these.",
      override: {
        type: "array",
        minItems: 1,
        items: { $ref: "#/components/schemas/ProcessingStatus" },
      },
    }),
  search: z
    .string()
    .min(1)
    .refine((text) => countCharacters(text) <= maxSearchLength, {
      error: `The text is longer than ${maxSearchLength} characters.`,
    })
    .refine((text) => !controlCharacters.test(text), {
      error: "The text contains control characters.",
    })
    .optional()
    .meta({
      description:
        "A part of the file name, in upper or lower case; or the beginning of the file id, of at least four characters.",
      override: {
        type: "string",
        minLength: 1,
        maxLength: maxSearchLength,
        pattern: String.raw`^[^\u0000-\u001f\u007f-\u009f]+$`,
      },
    }),
  sort: z.enum(fileSorts).default("created_at"),
  order: z.enum(["asc", "desc"]).default("desc"),
  ...pageQuery(fileCursor),
});

export const listResponse = z
  .object({
    files: z.array(fileStatus),
    next_cursor: z.string().nullable().meta({ pattern: fileCursor.source }),
  })
  .meta({ id: "FileList" });

export type ListQuery = z.infer<typeof listQuery>;
export type ListResponse = z.infer<typeof listResponse>;
