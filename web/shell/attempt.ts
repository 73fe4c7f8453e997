import { words } from "../words.ts";
import { explain } from "./explain.ts";
import { toast } from "./toasts.tsx";

/** Resolves also when it failed, with false: then it has said so. */
export async function attempt(act: () => Promise<unknown>, done?: string): Promise<boolean> {
  try {
    await act();
  } catch (error) {
    toast(explain(error), { bad: true });
    return false;
  }
  if (done !== undefined) toast(done);
  return true;
}

/** A browser may refuse. */
export async function copy(text: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(done);
  } catch {
    toast(words.copyFailed, { bad: true });
  }
}
