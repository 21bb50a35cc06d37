import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";

import type { Source } from "../engine/protocol";
import { failure, run, running, said, tab, takeRules } from "../state";
import { dropped, isRule, pasted } from "./choose";

const over = signal(false);

/** Takes events, and rules by their ending. */
export async function take(sources: Source[]): Promise<void> {
  const rules = sources.filter(isRule);
  const events = sources.filter((source) => !isRule(source));
  if (rules.length > 0) {
    await takeRules(rules.map(({ name, blob }) => new File([blob], name)));
  }
  if (events.length > 0 && !running.value) await run(events);
}

/** The whole page takes what is dropped or pasted. */
export function DropTarget({ children }: { children: ComponentChildren }) {
  useEffect(() => {
    let depth = 0;
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const enter = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      depth++;
      over.value = true;
    };
    const leave = () => {
      depth = Math.max(0, depth - 1);
      if (depth === 0) over.value = false;
    };
    const move = (event: DragEvent) => {
      if (hasFiles(event)) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      if (event.dataTransfer === null || !hasFiles(event)) return;
      event.preventDefault();
      depth = 0;
      over.value = false;
      dropped(event.dataTransfer)
        .then(take)
        .catch((error) => (failure.value = `what was dropped cannot be read: ${said(error)}`));
    };
    const paste = (event: ClipboardEvent) => {
      const at = event.composedPath()[0];
      const isText = at instanceof HTMLElement && at.closest("textarea, input, [contenteditable]");
      const text = event.clipboardData?.getData("text/plain") ?? "";
      if (isText || running.value || tab.value !== "findings" || text.trim() === "") return;
      event.preventDefault();
      void run([pasted(text)]);
    };
    document.addEventListener("dragenter", enter);
    document.addEventListener("dragleave", leave);
    document.addEventListener("dragover", move);
    document.addEventListener("drop", drop);
    document.addEventListener("paste", paste);
    return () => {
      document.removeEventListener("dragenter", enter);
      document.removeEventListener("dragleave", leave);
      document.removeEventListener("dragover", move);
      document.removeEventListener("drop", drop);
      document.removeEventListener("paste", paste);
    };
  }, []);
  return (
    <>
      {children}
      {over.value && (
        <div class="drop-over" aria-hidden="true">
          <p>Drop logs to search them, or rules to use them</p>
        </div>
      )}
    </>
  );
}
