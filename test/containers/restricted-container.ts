import { GenericContainer } from "testcontainers";

/** A container as a cluster runs it: no root, no capabilities, nothing to write to but what it says. */
export class RestrictedContainer extends GenericContainer {
  constructor(image: string) {
    super(image);
    this.hostConfig.ReadonlyRootfs = true;
    this.withUser("10001:10001")
      .withDroppedCapabilities("ALL")
      .withSecurityOpt("no-new-privileges");
  }

  /** A folder that outlives a restart, owned as in the image, and goes with the container. */
  withVolume(folder: string): this {
    this.hostConfig.Mounts = [{ Type: "volume", Source: "", Target: folder }];
    return this;
  }
}
