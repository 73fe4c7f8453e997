import { venvHome } from "../venv-home.ts";

/** Where `scripts/setup-ministack` installs it. */
export const ministackHome = venvHome("ministack", new URL("requirements.txt", import.meta.url));

// The set-up script runs this file to get the path, so that the rule is in one place.
if (import.meta.main) console.log(ministackHome);
