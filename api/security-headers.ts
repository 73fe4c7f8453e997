import helmet from "helmet";

/**
 * Nothing from elsewhere, no inline script. The reference pages style themselves with inline styles
 * and embedded images, and Redoc's search runs in a worker made from a blob.
 */
export const securityHeaders = helmet({
  // What else runs under our domain is not ours to decide about.
  strictTransportSecurity: { includeSubDomains: false },
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", "data:"],
      fontSrc: ["'self'"],
      connectSrc: ["'self'"],
      workerSrc: ["'self'", "blob:"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
      // Not upgrade-insecure-requests: in a laptop's or a cluster's network the API speaks http.
    },
  },
});
