const tag = process.env["IMAGE_TAG"] || "dev";

/** What scripts/build-images makes. */
export const images = {
  api: `transpod-api:${tag}`,
  controller: `transpod-controller:${tag}`,
  transcoder: `transpod-transcoder:${tag}`,
  cli: `transpod-cli:${tag}`,
  postgres: `transpod-dev-postgres:${tag}`,
  ministack: `transpod-dev-ministack:${tag}`,
} as const;
