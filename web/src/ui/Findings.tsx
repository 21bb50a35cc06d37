import { signal } from "@preact/signals";
import {
  createColumnHelper,
  createTable,
  getCoreRowModel,
  type SortingState,
} from "@tanstack/table-core";
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
} from "@tanstack/virtual-core";
import { useEffect, useRef, useState } from "preact/hooks";

import type { Column, Finding, Summary } from "../engine/protocol";
import { client, filter, sort } from "../state";
import { Detail } from "./Detail";
import { number, time } from "./format";

const ROW = 36;

/** Rows are fetched from the worker so many at a time. */
const PAGE = 100;

const helper = createColumnHelper<Finding>();
const columns = [
  helper.accessor("time", { header: "Time (UTC)", cell: (cell) => time(cell.getValue()) }),
  helper.accessor("host", { header: "Host" }),
  helper.accessor("rule", { header: "Rule" }),
  helper.accessor("what", { header: "What" }),
  helper.accessor("count", {
    header: "Events",
    cell: (cell) => (cell.getValue() === undefined ? "" : number(cell.getValue() ?? 0)),
  }),
  helper.accessor("score", { header: "Risk" }),
];

/** The finding that is open. */
const open = signal<number | undefined>(undefined);

export function Findings({ summary }: { summary: Summary }) {
  const [count, setCount] = useState(summary.findings);
  const order = `${filter.value}\0${sort.value?.column}\0${sort.value?.descending}`;
  const [shownOrder, setShownOrder] = useState(order);
  useEffect(() => {
    // As they come they are in the order of the engine.
    if (order === shownOrder) return;
    let current = true;
    const view = { filter: filter.value, sort: sort.value };
    const asked = setTimeout(() => {
      void client.ask("view", view).then((count) => {
        if (!current) return;
        setCount(count);
        setShownOrder(order);
        open.value = undefined;
      });
    }, 120);
    return () => {
      current = false;
      clearTimeout(asked);
    };
  }, [order, summary]);
  if (summary.findings === 0) return <Nothing />;
  return (
    <div class="card findings">
      <div class="findings-head">
        <h2>Findings</h2>
        <input
          type="search"
          aria-label="Filter the findings"
          placeholder="Filter: all of these words"
          value={filter.value}
          onInput={(event) => (filter.value = event.currentTarget.value)}
        />
        <span class="meta" role="status">
          {count === summary.findings
            ? `${number(count)} in all`
            : `${number(count)} of ${number(summary.findings)}`}
        </span>
      </div>
      <Table count={count} order={shownOrder} />
    </div>
  );
}

function Nothing() {
  return (
    <div class="card nothing">
      <h2>Nothing found</h2>
      <p>
        No event matched. If you expected one, paste it under <em>Explain</em>: it shows which part
        of the search did not hold. The usual cause is a sourcetype that the events do not have.
      </p>
    </div>
  );
}

function Table({ count, order }: { count: number; order: string }) {
  const scroll = useRef<HTMLDivElement>(null);
  const [, draw] = useState(0);
  const [pages, setPages] = useState<Map<number, Finding[]>>(new Map());
  const [virtual] = useState(
    () =>
      new Virtualizer<HTMLDivElement, HTMLDivElement>({
        count,
        getScrollElement: () => scroll.current,
        estimateSize: () => ROW,
        overscan: 12,
        observeElementRect,
        observeElementOffset,
        scrollToFn: elementScroll,
        onChange: () => draw((drawn) => drawn + 1),
      }),
  );
  virtual.setOptions({ ...virtual.options, count });
  useEffect(() => virtual._didMount(), []);
  useEffect(() => virtual._willUpdate());
  useEffect(() => setPages(new Map()), [order, count]);

  const items = virtual.getVirtualItems();
  const first = Math.floor((items[0]?.index ?? 0) / PAGE);
  const last = Math.floor((items.at(-1)?.index ?? 0) / PAGE);
  useEffect(() => {
    let current = true;
    for (let page = first; page <= last; page++) {
      if (pages.has(page)) continue;
      void client
        .ask("rows", { from: page * PAGE, to: (page + 1) * PAGE })
        .then((rows) => current && setPages((pages) => new Map(pages).set(page, rows)));
    }
    return () => void (current = false);
  }, [first, last, pages]);

  const at = (index: number) => pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  const sorting: SortingState =
    sort.value === undefined ? [] : [{ id: sort.value.column, desc: sort.value.descending }];
  const table = createTable<Finding>({
    data: items.flatMap(({ index }) => at(index) ?? []),
    columns,
    state: { sorting, columnPinning: {} },
    manualSorting: true,
    sortDescFirst: false,
    getCoreRowModel: getCoreRowModel(),
    getRowId: (finding) => String(finding.index),
    onStateChange: () => undefined,
    onSortingChange: (update) => {
      const [next] = typeof update === "function" ? update(sorting) : update;
      sort.value =
        next === undefined ? undefined : { column: next.id as Column, descending: next.desc };
    },
    renderFallbackValue: null,
  });
  const rows = new Map(table.getRowModel().rows.map((row) => [row.original.index, row]));
  const move = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
    const button = event.target instanceof HTMLElement && event.target.closest("[data-place]");
    if (step === undefined || !button) return;
    event.preventDefault();
    const place = Number(button.getAttribute("data-place")) + step;
    const next = Math.max(0, Math.min(count - 1, place));
    virtual.scrollToIndex(next);
    requestAnimationFrame(() =>
      scroll.current?.querySelector<HTMLElement>(`[data-place="${next}"]`)?.focus(),
    );
  };
  return (
    <div class={open.value === undefined ? "split" : "split is-open"}>
      <div class="grid" role="table" aria-label="Findings" aria-rowcount={count + 1}>
        <div role="rowgroup" class="grid-head">
          {table.getHeaderGroups().map((group) => (
            <div role="row" class="grid-row" key={group.id} aria-rowindex={1}>
              {group.headers.map(({ id, column }) => (
                <div role="columnheader" class={`cell ${id}`} key={id} aria-sort={sorted(column.getIsSorted())}>
                  <button type="button" onClick={column.getToggleSortingHandler()}>
                    {String(column.columnDef.header)}
                    <span aria-hidden="true" class="arrow">
                      {{ asc: "↑", desc: "↓", none: "" }[column.getIsSorted() || "none"]}
                    </span>
                  </button>
                </div>
              ))}
            </div>
          ))}
        </div>
        <div class="grid-scroll" role="presentation" ref={scroll} onKeyDown={move}>
          <div role="rowgroup" class="grid-body" style={{ height: `${virtual.getTotalSize()}px` }}>
            {items.map(({ index, start }) => {
              const finding = at(index);
              const row = finding && rows.get(finding.index);
              return (
                <div
                  key={index}
                  role="row"
                  aria-rowindex={index + 2}
                  class={finding?.index === open.value && finding ? "grid-row is-open" : "grid-row"}
                  style={{ transform: `translateY(${start}px)` }}
                  onClick={() => finding && (open.value = finding.index)}
                >
                  {row?.getVisibleCells().map((cell) => {
                    const { column, getContext } = cell;
                    const define = column.columnDef.cell;
                    const value = typeof define === "function" ? define(getContext()) : "";
                    return (
                      <div role="cell" class={`cell ${column.id}`} key={cell.id}>
                        {column.id === "time" ? (
                          <button
                            type="button"
                            data-place={index}
                            aria-expanded={finding?.index === open.value}
                          >
                            {value}
                          </button>
                        ) : column.id === "score" && value !== null && value !== undefined ? (
                          <span class={`risk ${level(Number(value))}`}>{value}</span>
                        ) : (
                          value
                        )}
                      </div>
                    );
                  })}
                </div>
              );
            })}
          </div>
        </div>
      </div>
      {open.value !== undefined && (
        <Detail
          key={open.value}
          index={open.value}
          close={() => (open.value = undefined)}
        />
      )}
    </div>
  );
}

function sorted(sorted: false | "asc" | "desc"): "none" | "ascending" | "descending" {
  return sorted === false ? "none" : sorted === "asc" ? "ascending" : "descending";
}

export function level(score: number): "low" | "medium" | "high" {
  return score >= 70 ? "high" : score >= 40 ? "medium" : "low";
}
