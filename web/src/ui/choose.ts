/** Files from the picker, from a drop, from a folder. */

import type { Source } from "../engine/protocol";

/** Asks for files; `folder` asks for one folder with all that is in it. */
export function chooseFiles(take: (sources: Source[]) => unknown, folder = false): void {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  input.webkitdirectory = folder;
  input.onchange = () => {
    const files = [...(input.files ?? [])].map((file) => ({
      name: file.webkitRelativePath || file.name,
      blob: file,
    }));
    if (files.length > 0) take(ordered(files));
  };
  input.click();
}

export function pasted(text: string): Source {
  return { name: "pasted text", blob: new Blob([text]) };
}

/** What was dropped, folders with all that is in them. */
export async function dropped(transfer: DataTransfer): Promise<Source[]> {
  // The entries are gone once this function waits for something.
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry?.() ?? []);
  if (entries.length === 0) {
    return [...transfer.files].map((file) => ({ name: file.name, blob: file }));
  }
  const sources: Source[] = [];
  for (const entry of entries) await gather(entry, sources);
  return ordered(sources);
}

async function gather(entry: FileSystemEntry, sources: Source[]): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    sources.push({ name: entry.fullPath.replace(/^\//, ""), blob: file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A hundred at a time, until there are none.
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (entries.length === 0) return;
    for (const inside of entries) await gather(inside, sources);
  }
}

function ordered(sources: Source[]): Source[] {
  return sources.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Whether a file holds rules rather than events. */
export function isRule(source: Source): boolean {
  return /\.(ya?ml|spl)$/i.test(source.name);
}
