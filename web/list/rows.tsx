import { useEffect, useRef } from "preact/hooks";
import type { FileStatus } from "@transpod/contract/public-api.ts";
import { Row } from "./row.tsx";
import { useVirtualRows } from "./use-virtual-rows.ts";

/** So many rows before the end the next page is asked for. */
const readAhead = 30;

interface RowsProps {
  rows: readonly FileStatus[];
  whole: boolean;
  selected: ReadonlySet<string>;
  onSelect: (fileId: string, selected: boolean) => void;
  onNearEnd: () => void;
}

/** Only the rows near the visible ones are in the document. */
export function Rows({ rows, whole, selected, onSelect, onNearEnd }: RowsProps) {
  const list = useRef<HTMLUListElement>(null);
  const keys = rows.map(({ file_id }) => file_id);
  const virtualizer = useVirtualRows(keys, list);
  const items = virtualizer.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  const nearEnd = !whole && lastShown >= rows.length - readAhead;
  // After each change: what was asked for may have been dropped, because the list began anew.
  useEffect(() => {
    if (nearEnd) onNearEnd();
  });
  return (
    <ul class="rows" ref={list} style={{ height: `${virtualizer.getTotalSize()}px` }}>
      {items.map(({ key, index, start }) => {
        const file = rows[index];
        if (file === undefined) return null;
        const top = start - virtualizer.options.scrollMargin;
        return (
          <li
            key={key}
            data-index={index}
            ref={virtualizer.measureElement}
            aria-setsize={whole ? rows.length : -1}
            aria-posinset={index + 1}
            style={{ transform: `translateY(${top}px)` }}
          >
            <Row
              file={file}
              selected={selected.has(file.file_id)}
              onSelect={(on) => onSelect(file.file_id, on)}
            />
          </li>
        );
      })}
    </ul>
  );
}
