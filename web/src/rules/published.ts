/** A detection as YAML, its keys in the order in which they are published. */

import type { Detection } from "rule-web";
import { Document, isScalar, Scalar } from "yaml";

const FIRST = [
  "name",
  "id",
  "version",
  "date",
  "author",
  "status",
  "type",
  "description",
  "data_source",
  "search",
];

export function published(detection: Detection): string {
  const rank = (key: string) => (FIRST.indexOf(key) + 1 || FIRST.length + 1);
  const entries = Object.entries(detection).sort(([a], [b]) => rank(a) - rank(b));
  const document = new Document(Object.fromEntries(entries));
  for (const key of ["description", "search"]) {
    const node = document.get(key, true);
    if (isScalar(node)) node.type = Scalar.BLOCK_FOLDED;
  }
  return document.toString({ lineWidth: 92 });
}
