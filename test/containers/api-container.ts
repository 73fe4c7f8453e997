import { Wait, type StartedTestContainer } from "testcontainers";
import type { Backing } from "./backing.ts";
import { images } from "./images.ts";
import { RestrictedContainer } from "./restricted-container.ts";

export const apiPort = 8000;

export interface RunningApi extends AsyncDisposable {
  url: string;
  container: StartedTestContainer;
}

/** The API in its image, to be started; it has no network yet, and no credentials unless told. */
export function apiContainer(
  backing: Backing,
  environment: Record<string, string> = {},
): RestrictedContainer {
  return new RestrictedContainer(images.api)
    .withEnvironment({ ...backing.environment, ...environment })
    .withWaitStrategy(Wait.forLogMessage('"event":"api_started"'));
}

/** Resolves when it listens; it need not be ready. */
export async function startApi(backing: Backing): Promise<RunningApi> {
  const container = await apiContainer(backing, backing.credentialsEnvironment)
    .withExposedPorts(apiPort)
    .withNetwork(backing.network)
    .start();
  return {
    url: urlOf(container),
    container,
    async [Symbol.asyncDispose]() {
      await container.stop();
    },
  };
}

/** Where the API is that listens in this container. */
export function urlOf(container: StartedTestContainer): string {
  return `http://${container.getHost()}:${container.getMappedPort(apiPort)}`;
}
