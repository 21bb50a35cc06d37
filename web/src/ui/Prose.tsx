/** A message, what stands in backticks as code. */
export function Prose({ text }: { text: string }) {
  const parts = text.split("`");
  return (
    <>
      {parts.map((part, place) =>
        place % 2 === 1 && place < parts.length - 1 ? <code key={place}>{part}</code> : part,
      )}
    </>
  );
}
