import { useEffect, useRef } from "preact/hooks";
import { ErrorBoundary, LocationProvider, Route, Router, lazy, useLocation } from "preact-iso";
import { startEvents, stopEvents } from "./events.ts";
import { FilePage } from "./file/file-page.tsx";
import { ListPage } from "./list/list-page.tsx";
import { loadSession, may, needsSignIn, session, sessionFailure } from "./session.ts";
import { Banner } from "./shell/banner.tsx";
import { Header } from "./shell/header.tsx";
import { Failure, Loading, Notice } from "./shell/notice.tsx";
import { Toasts } from "./shell/toasts.tsx";
import { SignInPage } from "./sign-in/sign-in-page.tsx";
import { words } from "./words.ts";

// Few people open these, so they are not part of the first load.
const OverviewPage = lazy(async () => (await import("./overview/overview-page.tsx")).OverviewPage);
const WebhooksPage = lazy(async () => (await import("./webhooks/webhooks-page.tsx")).WebhooksPage);

export function App() {
  return (
    <LocationProvider>
      <a class="skip" href="#content" target="_self">
        {words.skip}
      </a>
      <Header />
      <Banner />
      <main id="content" tabIndex={-1}>
        <Content />
      </main>
      <Toasts />
    </LocationProvider>
  );
}

function Content() {
  const ready = session.value !== null;
  const allowed = ready && !needsSignIn();
  useEffect(() => {
    if (allowed && may("read")) startEvents();
    else stopEvents();
  }, [allowed]);
  useFocusAfterNavigation();
  if (!ready) {
    const failure = sessionFailure.value;
    return failure === null ? (
      <Loading />
    ) : (
      <Failure whole error={failure} again={() => void loadSession()} />
    );
  }
  if (!allowed) return <SignInPage />;
  return (
    <ErrorBoundary>
      <Router>
        <Route path="/" component={ListPage} />
        <Route path="/files/:file_id" component={FilePage} />
        <Route path="/overview" component={OverviewPage} />
        <Route path="/webhooks" component={WebhooksPage} />
        <Route path="/sign-in" component={SignInPage} />
        <Route default component={NotFound} />
      </Router>
    </ErrorBoundary>
  );
}

/** As after a page load: the keyboard begins at the content, and the screen at the top. */
function useFocusAfterNavigation(): void {
  const { path } = useLocation();
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    document.getElementById("content")?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [path]);
}

function NotFound() {
  const { problem } = words;
  return (
    <Notice whole title={problem.notFound} action={<a href="/">{problem.toFiles}</a>}>
      {problem.notFoundNext}
    </Notice>
  );
}
