import { words } from "./words.ts";

export function App() {
  return <h1>{words.name}</h1>;
}
