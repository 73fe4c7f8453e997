/** Every sentence of the page, so that a translation replaces this file only. */
export const words = {
  name: "Transpod",
} as const;
