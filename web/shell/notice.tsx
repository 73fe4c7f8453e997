import type { ComponentChildren } from "preact";
import { words } from "../words.ts";
import { explain } from "./explain.ts";

interface NoticeProps {
  title: string;
  children?: ComponentChildren;
  /** What to do next. */
  action?: ComponentChildren;
  /** Whether it is all that the screen has: then its title is the screen's. */
  whole?: boolean;
}

/** What stands in place of content: nothing there, not found, refused. */
export function Notice({ title, children, action, whole = false }: NoticeProps) {
  return (
    <section class="notice">
      {whole ? <h1>{title}</h1> : <h2>{title}</h2>}
      {children && <p>{children}</p>}
      {action}
    </section>
  );
}

interface FailureProps {
  error: unknown;
  again: () => void;
  whole?: boolean;
}

export function Failure({ error, again, whole = false }: FailureProps) {
  return (
    <Notice
      title={words.problem.title}
      whole={whole}
      action={
        <button type="button" class="primary" onClick={again}>
          {words.problem.again}
        </button>
      }
    >
      {explain(error)}
    </Notice>
  );
}

export function Loading() {
  return (
    <p class="loading" role="status">
      {words.loading}
    </p>
  );
}
