import { render } from "preact";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/list.css";
import "./styles/file.css";
import "./styles/screens.css";
import { App } from "./app.tsx";
import { followNetwork } from "./events.ts";
import { loadSession } from "./session.ts";

followNetwork();
void loadSession();
render(<App />, document.getElementById("app")!);
