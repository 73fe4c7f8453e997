import { venvHome } from "@transpod/embedded/venv-home.ts";

/** Where `scripts/chart-tools` installs it. */
export const kubernetesValidateHome = venvHome(
  "kubernetes-validate",
  new URL("requirements.txt", import.meta.url),
);

// The set-up script asks by running this file, so that the rule is in one place.
if (import.meta.main) console.log(kubernetesValidateHome);
