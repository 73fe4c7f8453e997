import { useEffect, useMemo, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { leaving } from "../delete-later.ts";
import { may } from "../session.ts";
import { Failure, Loading, Notice } from "../shell/notice.tsx";
import { useTitle } from "../shell/use-title.ts";
import { UploadPanel } from "../upload/upload-panel.tsx";
import { words } from "../words.ts";
import { FileList } from "./file-list.ts";
import { readFilter, writeFilter, type ListFilter } from "./list-filter.ts";
import { Rows } from "./rows.tsx";
import { SelectionBar } from "./selection-bar.tsx";
import { Toolbar } from "./toolbar.tsx";

export function ListPage() {
  useTitle(words.list.title);
  const { url, route } = useLocation();
  const search = new URL(url, location.origin).search;
  const filter = useMemo(() => readFilter(new URLSearchParams(search)), [search]);
  const change = (next: ListFilter): void => {
    const query = writeFilter(next).toString();
    route(query === "" ? "/" : `/?${query}`, true);
  };
  return (
    <>
      <h1 class="unseen">{words.list.title}</h1>
      {may("write") && <UploadPanel />}
      <Toolbar filter={filter} onChange={change} />
      <Files key={search} filter={filter} onClear={() => route("/", true)} />
    </>
  );
}

function Files({ filter, onClear }: { filter: ListFilter; onClear: () => void }) {
  const [list] = useState(() => new FileList(filter));
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    void list.load();
    return () => list.stop();
  }, [list]);

  const away = leaving.value;
  const rows = list.rows.value.filter(({ file_id }) => !away.has(file_id));
  const failure = list.failure.value;
  const chosen = rows.filter(({ file_id }) => selected.has(file_id));
  const select = (fileId: string, on: boolean): void => {
    const next = new Set(selected);
    if (on) next.add(fileId);
    else next.delete(fileId);
    setSelected(next);
  };

  if (rows.length === 0) {
    if (failure !== null) return <Failure error={failure} again={() => void list.load()} />;
    if (list.phase.value === "loading") return <Loading />;
    return <Nothing filter={filter} onClear={onClear} />;
  }
  return (
    <>
      <div class="list-head">
        <label class="pick">
          <input
            type="checkbox"
            checked={chosen.length === rows.length}
            indeterminate={chosen.length > 0 && chosen.length < rows.length}
            aria-label={words.list.selectAll}
            onChange={({ currentTarget: { checked } }) =>
              setSelected(new Set(checked ? rows.map(({ file_id }) => file_id) : []))
            }
          />
        </label>
        {chosen.length === 0 && (
          <span class="hint">{words.list.count(rows.length, list.whole.value)}</span>
        )}
        <SelectionBar files={chosen} onClear={() => setSelected(new Set())} />
      </div>
      <Rows
        rows={rows}
        whole={list.whole.value}
        selected={selected}
        onSelect={select}
        onNearEnd={() => void list.more()}
      />
      {list.phase.value === "more" && <p class="loading">{words.list.loadingMore}</p>}
      {failure !== null && <Failure error={failure} again={() => void list.load()} />}
    </>
  );
}

function Nothing({ filter, onClear }: { filter: ListFilter; onClear: () => void }) {
  const { list } = words;
  if (filter.search === "" && filter.states.length === 0) {
    return <Notice title={list.empty}>{may("write") ? list.emptyNext : list.emptyReadOnly}</Notice>;
  }
  return (
    <Notice
      title={list.none}
      action={
        <button type="button" onClick={onClear}>
          {list.clear}
        </button>
      }
    >
      {list.noneNext}
    </Notice>
  );
}
