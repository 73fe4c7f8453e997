import helmet from "helmet";

/**
 * Only resources of our own origin, and no inline scripts. The page also uploads to S3, and shows pictures and
 * videos from there. The reference pages use inline styles and embedded images, and Redoc's search runs
 * in a worker made from a blob.
 */
export const securityHeaders = (s3Origins: readonly string[]) =>
  helmet({
    // Other services of our domain are not affected.
    strictTransportSecurity: { includeSubDomains: false },
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", "data:", ...s3Origins],
        mediaSrc: ["'self'", ...s3Origins],
        fontSrc: ["'self'"],
        connectSrc: ["'self'", ...s3Origins],
        workerSrc: ["'self'", "blob:"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
        // Not upgrade-insecure-requests: on a laptop or inside a cluster the API uses http.
      },
    },
  });
