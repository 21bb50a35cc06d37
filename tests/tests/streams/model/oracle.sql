-- A stream as tables, and what a scheduled search sees of it. `arrival` is the
-- place of a step in the stream; a step is told from another by it.

-- What arrived. A tick is 100 ns since 1970.
CREATE TABLE event (arrival INTEGER PRIMARY KEY, ticks INTEGER, hit INTEGER NOT NULL);
CREATE TABLE field (arrival INTEGER NOT NULL, name TEXT NOT NULL, value TEXT, milli INTEGER);
CREATE INDEX field_of ON field (arrival, name);
CREATE TABLE told (arrival INTEGER PRIMARY KEY, now_ms INTEGER NOT NULL);

-- The windows, in seconds; without bounds the one of all time.
CREATE TABLE window (id INTEGER PRIMARY KEY, starts INTEGER, ends INTEGER, run INTEGER);

-- host: do windows close by the time told? amends: are they amended by late
-- events? A row survives the search if its count is from `least` to `most`. The
-- end of the stream is `finish`.
CREATE TABLE setting (host INTEGER, amends INTEGER, least INTEGER, most INTEGER, finish INTEGER);

-- The events with the time that they are taken for, and whether they are more
-- than an hour ahead of the clock.
CREATE VIEW placed AS
WITH timed AS (
    SELECT *, (SELECT max(now_ms) FROM told WHERE told.arrival < event.arrival) AS now_ms
    FROM event
)
SELECT arrival, hit,
       coalesce(ticks, now_ms * 10000) AS ticks,
       coalesce(ticks - now_ms * 10000 > 36000000000, 0) AS ahead
FROM timed;

-- The steps at which windows may close and what came late is given: times told
-- that do not go back, and the end.
CREATE VIEW move AS
SELECT arrival, now_ms FROM told
WHERE (SELECT host FROM setting)
  AND NOT EXISTS (
      SELECT 1 FROM told AS before
      WHERE before.arrival < told.arrival AND before.now_ms > told.now_ms)
UNION ALL
SELECT finish, 9223372036854775807 FROM setting;

-- The events that match, in their windows: `late` where the window had closed.
-- `apart` is the step that gives an event which is too far ahead to be held.
CREATE TABLE seen (
    arrival INTEGER, window INTEGER, run INTEGER, closes INTEGER, late INTEGER, apart INTEGER);

-- Where those are set apart: the time that their windows have in common.
CREATE TABLE stretch (arrival INTEGER, step INTEGER, starts INTEGER, ends INTEGER);

-- What is counted: of each step that gives alerts, kind and window the events.
CREATE TABLE cell (kind TEXT, step INTEGER, window INTEGER, arrival INTEGER);

-- The rows of the cells.
CREATE VIEW result AS
WITH counted AS (
    SELECT kind, step, window, cell.arrival, a.value AS a, b.value AS b
    FROM cell
    JOIN field AS a ON a.arrival = cell.arrival AND a.name = 'a'
    JOIN field AS b ON b.arrival = cell.arrival AND b.name = 'b'
), times AS (
    SELECT kind, step, window, a, b,
           count(*) AS count, min(ticks) AS first, max(ticks) AS last
    FROM counted JOIN placed USING (arrival) GROUP BY kind, step, window, a, b
), numbers AS (
    SELECT kind, step, window, a, b, sum(milli) AS total, count(milli) AS numbers
    FROM counted JOIN field ON field.arrival = counted.arrival AND name = 'n'
    GROUP BY kind, step, window, a, b
), names AS (
    SELECT kind, step, window, a, b,
           count(DISTINCT value) AS users,
           json_group_array(DISTINCT value ORDER BY value) AS names
    FROM counted JOIN field ON field.arrival = counted.arrival AND name = 'u'
    GROUP BY kind, step, window, a, b
)
SELECT kind, step, window, a, b, count, first, last, total, numbers,
       coalesce(users, 0) AS users, names
FROM times
LEFT JOIN numbers USING (kind, step, window, a, b)
LEFT JOIN names USING (kind, step, window, a, b)
WHERE kind = 'partial' OR count BETWEEN (SELECT least FROM setting) AND (SELECT most FROM setting);
