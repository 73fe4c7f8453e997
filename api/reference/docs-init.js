// A file of its own, because the content security policy forbids inline scripts.
globalThis.SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  // By default Swagger UI asks a validator on the internet about the document.
  validatorUrl: null,
});
