import { docker } from "./docker.ts";
import { images } from "./images.ts";

/** Without this check, missing images would be pulled from a registry on the internet. */
export async function setup(): Promise<void> {
  await docker(["version"]).catch((cause: unknown) => {
    throw new Error("Docker does not answer, and this suite needs it.", { cause });
  });
  for (const image of Object.values(images)) {
    await docker(["image", "inspect", image]).catch((cause: unknown) => {
      throw new Error(`There is no image ${image}. Run scripts/build-images.`, { cause });
    });
  }
}
