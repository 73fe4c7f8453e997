import {
  ApiException,
  AuthenticationV1Api,
  BatchV1Api,
  CoreV1Api,
  createConfiguration,
  HttpMethod,
  IsomorphicFetchHttpLibrary,
  KubeConfig,
  RequestContext,
  ServerConfiguration,
  wrapHttpLibrary,
  type Middleware,
  type PromiseHttpLibrary,
  type ResponseContext,
} from "@kubernetes/client-node";
import { ConfigError } from "@transpod/runtime/environment.ts";

export interface ApiClient {
  /** Timeout of requests, except those of `open`. */
  requestTimeoutMs: number;
  batch: BatchV1Api;
  core: CoreV1Api;
  authentication: AuthenticationV1Api;
  /**
   * Sends a GET and resolves with the answer before its body has arrived. Throws ApiException for any
   * status other than 200, as the other methods do. The only timeout is the caller's signal.
   */
  open(path: string, query: Record<string, string>, signal: AbortSignal): Promise<ResponseContext>;
}

/** KUBECONFIG, `~/.kube/config`, or the pod's own account, whichever is there first. */
export function loadKubeConfig(): KubeConfig {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromDefault();
  // The default of client-node when it finds no configuration.
  if (kubeConfig.getCurrentCluster()?.server === "http://localhost:8080") {
    throw new ConfigError([
      "KUBECONFIG: No cluster is configured. Run in a cluster, or name a kubeconfig file.",
    ]);
  }
  return kubeConfig;
}

/** Every request except `open` has a timeout: client-node has none, and waits for ever for a dead peer. */
export function createApiClient(kubeConfig: KubeConfig, requestTimeoutMs = 15_000): ApiClient {
  const server = kubeConfig.getCurrentCluster()?.server ?? "";
  const http = wrapHttpLibrary(new SharedConnection());
  const limitTime: Middleware = {
    async pre(context) {
      context.setSignal(AbortSignal.timeout(requestTimeoutMs));
      return context;
    },
    post: async (response) => response,
  };
  const configuration = createConfiguration({
    baseServer: new ServerConfiguration(server, {}),
    authMethods: { default: kubeConfig },
    promiseMiddleware: [limitTime],
    httpApi: http,
  });
  return {
    requestTimeoutMs,
    batch: new BatchV1Api(configuration),
    core: new CoreV1Api(configuration),
    authentication: new AuthenticationV1Api(configuration),
    async open(path, query, signal) {
      const context = new RequestContext(
        `${server}${path}?${String(new URLSearchParams(query))}`,
        HttpMethod.GET,
      );
      await kubeConfig.applySecurityAuthentication(context);
      context.setSignal(signal);
      const response = await http.send(context).toPromise();
      if (response.httpStatusCode === 200) return response;
      const { httpStatusCode, headers, body } = response;
      throw new ApiException(httpStatusCode, "", await body.text(), headers);
    },
  };
}

/**
 * client-node opens a connection for each request, and a TLS handshake costs many times what the
 * request does. Here requests share one until a request gets no answer. The next request then opens a
 * new one, so that a dead connection or an old certificate is not kept.
 */
class SharedConnection implements PromiseHttpLibrary {
  readonly #http = new IsomorphicFetchHttpLibrary();
  #dispatcher: ReturnType<RequestContext["getDispatcher"]>;

  async send(request: RequestContext): Promise<ResponseContext> {
    const dispatcher = (this.#dispatcher ??= request.getDispatcher());
    if (dispatcher !== undefined) request.setDispatcher(dispatcher);
    try {
      return await this.#http.send(request).toPromise();
    } catch (error) {
      if (this.#dispatcher === dispatcher) this.#dispatcher = undefined;
      throw error;
    }
  }
}
