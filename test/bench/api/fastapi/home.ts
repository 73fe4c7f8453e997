import { venvHome } from "@transpod/embedded/venv-home.ts";

/** Where `scripts/bench-tools` installs FastAPI. */
export const fastapiHome = venvHome("fastapi", new URL("requirements.txt", import.meta.url));

// The set-up script asks by running this file, so that the rule is in one place.
if (import.meta.main) console.log(fastapiHome);
