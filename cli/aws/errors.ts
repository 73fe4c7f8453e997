/** Undefined where AWS answers with one of these errors, by which it says that something is not there. */
export async function unlessMissing<T>(
  asked: Promise<T>,
  ...names: string[]
): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Error && names.includes(error.name)) return undefined;
    throw error;
  }
}
