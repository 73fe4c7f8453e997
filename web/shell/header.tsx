import { useLocation } from "preact-iso";
import { may, needsSignIn, session, signOut } from "../session.ts";
import { words } from "../words.ts";
import { attempt } from "./attempt.ts";

function Link({ href, children }: { href: string; children: string }) {
  const { path } = useLocation();
  const current = path === href || (href === "/" && path.startsWith("/files/"));
  return (
    <a href={href} aria-current={current ? "page" : undefined}>
      {children}
    </a>
  );
}

export function Header() {
  const { nav } = words;
  const { route } = useLocation();
  const key = session.value?.key;
  const leave = async (): Promise<void> => {
    if (await attempt(signOut, words.signIn.signedOut)) route("/sign-in");
  };
  return (
    <header class="top">
      <a class="brand" href="/" aria-label={words.name}>
        <span aria-hidden="true" class="mark" />
        <span>{words.name}</span>
      </a>
      <nav aria-label={nav.label}>
        <Link href="/">{nav.files}</Link>
        {may("read") && <Link href="/overview">{nav.overview}</Link>}
        {may("admin") && <Link href="/webhooks">{nav.webhooks}</Link>}
        <a href="/docs" target="_self">
          {nav.docs}
        </a>
      </nav>
      <div class="who">
        {key && <span class="key">{nav.signedInAs(key.name)}</span>}
        {key && (
          <button type="button" class="plain" onClick={() => void leave()}>
            {nav.signOut}
          </button>
        )}
        {needsSignIn() && <Link href="/sign-in">{nav.signIn}</Link>}
      </div>
    </header>
  );
}
