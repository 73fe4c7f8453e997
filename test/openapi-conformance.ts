import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describeApi, openApiPath } from "@transpod/api/openapi.ts";
import { routes } from "@transpod/api/routes/all.ts";

interface Operation {
  responses?: Record<string, { content?: unknown } | undefined>;
}

const document = describeApi(routes);
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(document, "api");

const templates = routes.map(({ method, path }) => ({
  method,
  path: openApiPath(path),
  pattern: new RegExp(`^${path.replaceAll(/:\w+/g, "[^/]+")}$`),
}));

/** Throws unless the OpenAPI document describes this answer. Paths that are not in it are not checked. */
export function expectDescribed(
  method: string,
  pathname: string,
  answer: { status: number; type: string; body: unknown },
): void {
  const route = templates.find(
    (template) => template.method === method.toLowerCase() && template.pattern.test(pathname),
  );
  if (route === undefined) return;
  if (answer.type === "") return expectEmpty(route, answer.status);
  const steps = [route.path, route.method, "responses", `${answer.status}`, "content", answer.type];
  const pointer = steps.map((step) => step.replaceAll("~", "~0").replaceAll("/", "~1")).join("/");
  const $ref = `api#/paths/${encodeURI(pointer)}/schema`;
  const validate = ajv.compile({ $ref });
  if (!validate(answer.body)) {
    throw new Error(`${$ref} does not describe the answer: ${ajv.errorsText(validate.errors)}`);
  }
}

function expectEmpty({ path, method }: (typeof templates)[number], status: number): void {
  const paths = document.paths as Record<string, Record<string, Operation> | undefined>;
  const described = paths[path]?.[method]?.responses?.[status];
  if (described === undefined || described.content !== undefined) {
    throw new Error(`${method} ${path} is not described to answer ${status} with nothing`);
  }
}
