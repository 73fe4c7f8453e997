import { useEffect, useRef, useState } from "preact/hooks";
import { fileStates, unendedStates, type FileState } from "@transpod/contract/states.ts";
import { words } from "../words.ts";
import type { ListFilter } from "./list-filter.ts";

/** A request for each letter would be too many. */
const typingMs = 250;

interface ToolbarProps {
  filter: ListFilter;
  onChange: (filter: ListFilter) => void;
}

export function Toolbar({ filter, onChange }: ToolbarProps) {
  const { list } = words;
  const chosen = filter.states.length > 1 ? "unfinished" : (filter.states[0] ?? "");
  const statesOf = (value: string): readonly FileState[] => {
    if (value === "unfinished") return unendedStates;
    return value === "" ? [] : [value as FileState];
  };
  return (
    <form class="toolbar" role="search" onSubmit={(event) => event.preventDefault()}>
      <Search text={filter.search} onChange={(search) => onChange({ ...filter, search })} />
      <label>
        <span class="unseen">{list.state}</span>
        <select
          value={chosen}
          onChange={({ currentTarget: { value } }) =>
            onChange({ ...filter, states: statesOf(value) })
          }
        >
          <option value="">{list.anyState}</option>
          <option value="unfinished">{list.active}</option>
          {fileStates.map((state) => (
            <option key={state} value={state}>
              {words.states[state]}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span class="unseen">{list.sort}</span>
        <select
          value={`${filter.sort}.${filter.order}`}
          onChange={({ currentTarget: { value } }) => {
            const [sort, order] = value.split(".") as [ListFilter["sort"], ListFilter["order"]];
            onChange({ ...filter, sort, order });
          }}
        >
          {Object.entries(list.sorts).map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </form>
  );
}

function Search({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const [typed, setTyped] = useState(text);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => setTyped(text), [text]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <label class="search">
      <span class="unseen">{words.list.search}</span>
      <input
        type="search"
        maxLength={100}
        placeholder={words.list.search}
        value={typed}
        onInput={({ currentTarget: { value } }) => {
          setTyped(value);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => onChange(value.trim()), typingMs);
        }}
      />
    </label>
  );
}
