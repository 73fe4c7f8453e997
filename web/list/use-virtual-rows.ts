import {
  observeWindowOffset,
  observeWindowRect,
  Virtualizer,
  windowScroll,
} from "@tanstack/virtual-core";
import type { RefObject } from "preact";
import { useLayoutEffect, useReducer, useState } from "preact/hooks";

/** Before a row is measured. */
const usualRowPx = 92;

/** Which rows of a long list to draw, when the window scrolls. They measure themselves, so text can be larger. */
export function useVirtualRows(
  keys: readonly string[],
  list: RefObject<HTMLElement | null>,
): Virtualizer<Window, HTMLElement> {
  const [, draw] = useReducer<number, void>((n) => n + 1, 0);
  const [margin, setMargin] = useState(0);
  const options = {
    count: keys.length,
    getScrollElement: () => window,
    estimateSize: () => usualRowPx,
    getItemKey: (index: number) => keys[index] ?? index,
    overscan: 6,
    scrollMargin: margin,
    observeElementRect: observeWindowRect,
    observeElementOffset: observeWindowOffset,
    scrollToFn: windowScroll,
    onChange: () => draw(),
  };
  const [virtualizer] = useState(() => new Virtualizer<Window, HTMLElement>(options));
  virtualizer.setOptions(options);
  // oxlint-disable-next-line no-underscore-dangle -- what its adapters call
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => {
    // oxlint-disable-next-line no-underscore-dangle
    virtualizer._willUpdate();
    const top = list.current === null ? 0 : list.current.getBoundingClientRect().top + scrollY;
    if (Math.abs(top - margin) > 1) setMargin(top);
  });
  return virtualizer;
}
