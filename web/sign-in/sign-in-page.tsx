import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { ApiError } from "../api.ts";
import { needsSignIn, signIn } from "../session.ts";
import { explain } from "../shell/explain.ts";
import { Notice } from "../shell/notice.tsx";
import { useTitle } from "../shell/use-title.ts";
import { words } from "../words.ts";

export function SignInPage() {
  const { signIn: text, problem: problems } = words;
  useTitle(text.title);
  const { path, route } = useLocation();
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  if (!needsSignIn()) {
    return <Notice whole title={text.notNeeded} action={<a href="/">{problems.toFiles}</a>} />;
  }
  const submit = async (form: HTMLFormElement): Promise<void> => {
    const key = new FormData(form).get("key");
    setBusy(true);
    try {
      await signIn(typeof key === "string" ? key.trim() : "");
      if (path === "/sign-in") route("/", true);
    } catch (error) {
      const wrong = error instanceof ApiError && error.status === 401;
      setProblem(wrong ? text.wrong : explain(error));
      setBusy(false);
    }
  };
  return (
    <form
      class="settings sign-in"
      aria-labelledby="sign-in-title"
      onSubmit={(event) => {
        event.preventDefault();
        void submit(event.currentTarget);
      }}
    >
      <h1 id="sign-in-title">{text.title}</h1>
      <p>{text.intro}</p>
      <label class="field">
        <span>{text.key}</span>
        <input
          type="password"
          name="key"
          required
          autoComplete="current-password"
          spellcheck={false}
          aria-invalid={problem !== ""}
          aria-describedby="key-problem key-hint"
        />
        <small id="key-problem" class="problem" role="alert">
          {problem}
        </small>
        <small id="key-hint">{text.hint}</small>
      </label>
      <button class="primary" disabled={busy}>
        {text.submit}
      </button>
    </form>
  );
}
