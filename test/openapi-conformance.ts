import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describeApi, openApiPath, type DescribedServer } from "@transpod/api/openapi.ts";
import { routes } from "@transpod/api/routes/all.ts";

interface Operation {
  responses?: Record<string, { content?: unknown } | undefined>;
}

interface Answer {
  status: number;
  /** The media type; empty when there is no body. */
  type: string;
  /** Parsed when it is JSON, else text. */
  body: unknown;
}

const templates = routes.map(({ method, path }) => ({
  method,
  path: openApiPath(path),
  pattern: new RegExp(`^${path.replaceAll(/:\w+/g, "[^/]+")}$`),
}));

/** What the data of a server-sent event is. */
const dataSchemas: Readonly<Record<string, string>> = { status: "FileEvent", file: "FileStatus" };

/**
 * Returns a function that throws unless the OpenAPI document of a server describes an answer. Paths that are not in
 * the document are not checked.
 */
export function describedBy(server: DescribedServer) {
  const document = describeApi(routes, server);
  const paths = document.paths as Record<string, Record<string, Operation> | undefined>;
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(document, "api");

  function validate(pointer: readonly string[], value: unknown): void {
    const steps = pointer.map((step) => step.replaceAll("~", "~0").replaceAll("/", "~1"));
    const $ref = `api#/${encodeURI(steps.join("/"))}`;
    const matches = ajv.compile({ $ref });
    if (matches(value)) return;
    throw new Error(`${$ref} does not describe the answer: ${ajv.errorsText(matches.errors)}`);
  }

  return (method: string, pathname: string, { status, type, body }: Answer): void => {
    const route = templates.find(
      (template) => template.method === method.toLowerCase() && template.pattern.test(pathname),
    );
    if (route === undefined) return;
    const described = paths[route.path]?.[route.method]?.responses?.[status];
    if (type === "") {
      if (described !== undefined && described.content === undefined) return;
      throw new Error(`${method} ${pathname} is not described to answer ${status} with nothing`);
    }
    const steps = ["paths", route.path, route.method, "responses", `${status}`, "content", type];
    if (type !== "text/event-stream") return validate([...steps, "schema"], body);
    for (const event of eventsIn(String(body))) {
      validate([...steps, "schema"], event);
      const schema = dataSchemas[event["event"] ?? ""];
      if (schema !== undefined) {
        validate(["components", "schemas", schema], JSON.parse(event["data"] ?? ""));
      }
    }
  };
}

function eventsIn(stream: string): Record<string, string>[] {
  const blocks = stream.split("\n\n").filter((block) => /^data:/m.test(block));
  return blocks.map((block) =>
    Object.fromEntries(
      [...block.matchAll(/^(\w+): (.*)$/gm)].map(([, name, value]) => [name, value]),
    ),
  );
}
