-- From the stream to what is counted; see oracle.sql for the tables.

INSERT INTO seen
WITH closing AS (
    SELECT *, (SELECT min(arrival) FROM move
               WHERE now_ms >= coalesce(run * 1000, 9223372036854775807)) AS closes
    FROM window
)
SELECT arrival, id, run, closes, arrival > closes,
       CASE WHEN ahead AND starts IS NOT NULL AND (SELECT host FROM setting) THEN arrival END
FROM placed JOIN closing
  ON starts IS NULL OR ticks >= starts * 10000000 AND ticks < ends * 10000000
WHERE hit;

-- What came before any time was told is looked at when the first is: whatever is in
-- a stretch that begins ahead.
WITH first AS (SELECT arrival, now_ms FROM told ORDER BY arrival LIMIT 1)
UPDATE seen SET apart = (SELECT arrival FROM first)
WHERE (SELECT host FROM setting)
  AND arrival < (SELECT arrival FROM first)
  AND (SELECT max(starts) FROM seen AS other JOIN window ON window.id = other.window
       WHERE other.arrival = seen.arrival) - 3600 > (SELECT now_ms / 1000 FROM first);

-- A window has what was in it when it closed.
INSERT INTO cell
SELECT 'final', closes, window, arrival FROM seen WHERE NOT late AND apart IS NULL;

-- What came behind that is in the window's row again, at each move of the clock.
INSERT INTO cell
SELECT 'amended', move.arrival, window, seen.arrival
FROM seen JOIN move ON move.arrival > closes AND move.arrival > seen.arrival
WHERE (SELECT amends FROM setting) AND apart IS NULL;

-- Or in rows of its own, if no window was open; they are of the last window.
INSERT INTO cell
SELECT 'late', move.arrival, window, seen.arrival
FROM seen JOIN move ON move.arrival > seen.arrival
WHERE NOT (SELECT amends FROM setting) AND late
  AND run = (SELECT max(run) FROM seen AS other WHERE other.arrival = seen.arrival);

-- What is set apart.
INSERT INTO stretch
SELECT arrival, apart, max(starts), min(ends)
FROM seen JOIN window ON window.id = seen.window WHERE apart IS NOT NULL GROUP BY arrival;
INSERT INTO window
SELECT -row_number() OVER (), starts, ends, NULL
FROM (SELECT DISTINCT starts, ends FROM stretch);
INSERT INTO cell
SELECT 'partial', step, window.id, arrival
FROM stretch JOIN window USING (starts, ends) WHERE window.id < 0;
