-- What only the dashboard shows, in the scope of the page; its other figures are those of reports.

-- dashboard/new
SELECT count(*) FROM day.connected AS c JOIN scope.members AS m ON m.urn = c.urn, day.asked AS a
WHERE c.connected_on >= a.starts_on

-- dashboard/half_term
SELECT (SELECT json_build_object(
    'seen', count(*) FILTER (WHERE seen),
    'owed', count(*),
    'missed', count(*) FILTER (WHERE missed AND NOT seen),
    'to_log', count(*) FILTER (WHERE to_log AND NOT waiting AND NOT missed AND NOT seen),
    'to_come', count(*) FILTER (WHERE waiting AND NOT missed AND NOT seen),
    'excused', count(*) FILTER (WHERE NOT waiting AND NOT to_log AND NOT missed AND NOT seen))
  FROM (
    SELECT s.school, bool_or(s.status IN ('met', 'late')) AS seen, bool_or(s.status = 'missed') AS missed,
           bool_or(s.status = 'awaiting_log') AS to_log,
           bool_or(s.status IN ('planned', 'open', 'ahead')) AS waiting
    FROM scope.settled AS s
    WHERE s.half_term = (SELECT max(o.half_term) FROM scope.settled AS o, day.asked AS a
                         WHERE o.starts_on <= a.as_at)
    GROUP BY s.school
  ) AS schools
  HAVING count(*) > 0)

-- dashboard/groups
SELECT coalesce(json_agg(json_build_object(
  'title', g.title, 'teachers', g.teachers, 'schools', g.schools,
  'attendance', (SELECT day.rate(count(*) FILTER (WHERE m.attended), count(*))
                 FROM day.marks AS m WHERE m.work_group_id = g.id))), '[]')
FROM scope.groups AS g

-- dashboard/visits
SELECT coalesce(json_agg(json_build_object('school', f.name, 'kind', s.kind, 'half_term', s.half_term,
  'status', s.status, 'met_on', s.met_on)), '[]')
FROM scope.settled AS s JOIN day.facts AS f ON f.urn = s.school

-- dashboard/districts
SELECT coalesce(json_agg(row_to_json(d)), '[]') FROM (
  SELECT coalesce(f.district, f.la_name) AS district, count(e.attended) AS "Took part",
         count(*) AS "Of schools",
         count(*) FILTER (WHERE e.urn IN (SELECT school FROM day.supported WHERE led)) AS "With a PD lead"
  FROM day.engaged AS e JOIN day.facts AS f ON f.urn = e.urn
  WHERE e.urn IN (SELECT urn FROM scope.eligible)
  GROUP BY coalesce(f.district, f.la_name)
) AS d

-- dashboard/outside_now
SELECT count(*) FROM scope.groups
WHERE NOT in_range AND state IN ('confirmed', 'at_risk', 'running')

-- dashboard/outside_ended
SELECT count(*) FROM scope.groups WHERE NOT in_range AND state = 'finished'

-- dashboard/not_planned
SELECT count(*) FROM scope.settled AS s
WHERE s.status = 'open'
  AND s.half_term = (SELECT max(o.half_term) FROM scope.settled AS o, day.asked AS a WHERE o.starts_on <= a.as_at)

-- dashboard/without_lead
SELECT count(*) FROM day.supported WHERE NOT led AND school IN (SELECT urn FROM scope.holds)

-- dashboard/messages
SELECT count(*) FROM notifications.messages WHERE status = 'failed'
