-- Every figure of every report: one statement each, named `report/figure`. `n`, `N` and `rows` (their number)
-- are of every report; the others are the keys of its `figures`. Each gives one value, as JSON where it is not
-- a number. The tables are made by day.sql and scope.sql.

-- connected-schools/n
SELECT count(*) FROM scope.members WHERE urn IN (SELECT urn FROM day.connected)

-- connected-schools/N
SELECT count(*) FROM day.open_schools
WHERE %(kind)s = 'connected' OR urn IN (SELECT urn FROM scope.members)

-- connected-schools/rows
SELECT count(*) FROM scope.members WHERE urn IN (SELECT urn FROM day.connected)

-- connected-schools/by_phase
SELECT json_object_agg(p.phase, (
  SELECT count(*) FROM scope.members AS m
  WHERE m.phase = p.phase AND m.urn IN (SELECT urn FROM day.connected)))
FROM day.phases AS p

-- connected-schools/districts
SELECT count(DISTINCT district) FROM scope.members WHERE urn IN (SELECT urn FROM day.connected)

-- connected-schools/trusts
SELECT count(DISTINCT trust) FROM scope.members WHERE urn IN (SELECT urn FROM day.connected)

-- engagement/n
SELECT count(attended) FROM scope.engaged

-- engagement/N
SELECT count(*) FROM scope.eligible

-- engagement/rows
SELECT count(*) FROM scope.eligible

-- engagement/signed_up
SELECT day.share(count(signed_up), count(*)) FROM scope.engaged

-- engagement/attended
SELECT day.share(count(attended), count(*)) FROM scope.engaged

-- engagement/completed
SELECT day.share(count(completed), count(*)) FROM scope.engaged

-- engagement/attended_by_kind
SELECT json_object_agg(k.kind, (
  SELECT count(DISTINCT s.school) FROM day.seen AS s
  WHERE s.kind = k.kind AND s.school IN (SELECT urn FROM scope.eligible)))
FROM unnest(ARRAY['work_group', 'visit', 'department_pd', 'pd_day', 'conference']) AS k (kind)

-- engagement/by_month
SELECT coalesce(json_agg(json_build_object(
  'until', m.until,
  'signed_up', (SELECT count(*) FROM scope.engaged WHERE signed_up <= m.until),
  'attended', (SELECT count(*) FROM scope.engaged WHERE attended <= m.until),
  'completed', (SELECT count(*) FROM scope.engaged WHERE completed <= m.until))), '[]')
FROM (
  SELECT least((first + interval '1 month - 1 day')::date, a.last_counted) AS until
  FROM day.asked AS a,
       generate_series(date_trunc('month', a.starts_on), a.last_counted, interval '1 month') AS first
) AS m

-- work-group-composition/n
SELECT count(*) FROM scope.groups WHERE in_range AND state <> 'recruiting'

-- work-group-composition/N
SELECT count(*) FROM scope.groups WHERE NOT cancelled AND state <> 'recruiting'

-- work-group-composition/rows
SELECT count(*) FROM scope.groups

-- work-group-composition/recruiting
SELECT count(*) FROM scope.groups WHERE state = 'recruiting'

-- work-group-composition/cancelled
SELECT count(*) FROM scope.groups WHERE cancelled

-- work-group-composition/median_teachers
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY teachers)
FROM scope.groups WHERE NOT cancelled AND state <> 'recruiting'

-- work-group-composition/median_schools
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY schools)
FROM scope.groups WHERE NOT cancelled AND state <> 'recruiting'

-- work-group-composition/shortfalls
SELECT coalesce(json_agg(json_build_object('work_group_id', id, 'title', title, 'shortfall', (
  SELECT string_agg(part, '; ') FROM (VALUES
    (nullif(concat_ws(', ',
      CASE WHEN teachers_short > 0 THEN teachers_short || CASE teachers_short WHEN 1 THEN ' teacher' ELSE ' teachers' END END,
      CASE WHEN schools_short > 0 THEN schools_short || CASE schools_short WHEN 1 THEN ' school' ELSE ' schools' END END
    ), '') || ' short'),
    (CASE WHEN teachers_over > 0
       THEN teachers_over || CASE teachers_over WHEN 1 THEN ' teacher' ELSE ' teachers' END || ' too many' END)
  ) AS parts (part)))), '[]')
FROM scope.groups WHERE NOT in_range AND NOT cancelled AND state <> 'recruiting'

-- attendance/n
SELECT count(*) FILTER (WHERE attended) FROM day.marks
WHERE in_period AND school IN (SELECT urn FROM scope.holds)

-- attendance/N
SELECT count(*) FROM day.marks WHERE in_period AND school IN (SELECT urn FROM scope.holds)

-- attendance/rows
SELECT count(DISTINCT (work_group_id, school)) FROM day.marks
WHERE in_period AND school IN (SELECT urn FROM scope.holds)

-- attendance/attendance
SELECT day.share(count(*) FILTER (WHERE attended), count(*)) FROM day.marks
WHERE in_period AND school IN (SELECT urn FROM scope.holds)

-- attendance/commitment
SELECT day.share(count(*) FILTER (WHERE committed), count(*)) FROM day.marks
WHERE in_period AND school IN (SELECT urn FROM scope.holds)

-- attendance/by_group
SELECT coalesce(json_agg(
  jsonb_build_object('work_group_id', work_group_id, 'title', title, 'commitment', day.share(committed, of))
  || day.share(attended, of)), '[]')
FROM (
  SELECT work_group_id, title, count(*) AS of, count(*) FILTER (WHERE attended) AS attended,
         count(*) FILTER (WHERE committed) AS committed
  FROM day.marks WHERE in_period AND school IN (SELECT urn FROM scope.holds)
  GROUP BY work_group_id, title
) AS counted

-- attendance/by_school
SELECT coalesce(json_agg(
  jsonb_build_object('urn', f.urn, 'name', f.name, 'commitment', day.share(committed, of))
  || day.share(attended, of)), '[]')
FROM (
  SELECT school, count(*) AS of, count(*) FILTER (WHERE attended) AS attended,
         count(*) FILTER (WHERE committed) AS committed
  FROM day.marks WHERE in_period AND school IN (SELECT urn FROM scope.holds)
  GROUP BY school
) AS counted JOIN day.facts AS f ON f.urn = school

-- task-completion/n
SELECT count(*) FILTER (WHERE reported) FROM day.tasks_due WHERE school IN (SELECT urn FROM scope.holds)

-- task-completion/N
SELECT count(*) FROM day.tasks_due WHERE school IN (SELECT urn FROM scope.holds)

-- task-completion/rows
SELECT count(DISTINCT (work_group_id, school)) FROM day.tasks_due
WHERE school IN (SELECT urn FROM scope.holds)

-- task-completion/by_group
SELECT coalesce(json_agg(
  jsonb_build_object('work_group_id', work_group_id, 'title', title) || day.share(reported, of)), '[]')
FROM (
  SELECT work_group_id, title, count(*) AS of, count(*) FILTER (WHERE reported) AS reported
  FROM day.tasks_due WHERE school IN (SELECT urn FROM scope.holds) GROUP BY work_group_id, title
) AS counted

-- task-completion/by_school
SELECT coalesce(json_agg(
  jsonb_build_object('urn', f.urn, 'name', f.name) || day.share(reported, of)), '[]')
FROM (
  SELECT school, count(*) AS of, count(*) FILTER (WHERE reported) AS reported
  FROM day.tasks_due WHERE school IN (SELECT urn FROM scope.holds) GROUP BY school
) AS counted JOIN day.facts AS f ON f.urn = school

-- leadership-spread/n
SELECT count(*) FROM day.leaders WHERE school IN (SELECT urn FROM scope.holds)

-- leadership-spread/N
SELECT NULL

-- leadership-spread/rows
SELECT count(*) FROM day.leaders WHERE school IN (SELECT urn FROM scope.holds)

-- leadership-spread/leaders
SELECT count(*) FROM day.leaders WHERE school IN (SELECT urn FROM scope.holds)

-- leadership-spread/schools
SELECT count(DISTINCT school) FROM day.leaders WHERE school IN (SELECT urn FROM scope.holds)

-- leadership-spread/trusts
SELECT count(DISTINCT trust) FROM day.leaders WHERE school IN (SELECT urn FROM scope.holds)

-- leadership-spread/maintained_schools
SELECT coalesce(json_agg(json_build_object(
  'urn', f.urn, 'name', f.name, 'phase', f.phase, 'la_code', f.la_code, 'trust_name', f.trust_name)), '[]')
FROM day.facts AS f
WHERE f.urn IN (SELECT school FROM day.leaders WHERE trust IS NULL)
  AND f.urn IN (SELECT urn FROM scope.holds)

-- work-group-lead-schools/n
SELECT count(DISTINCT school) FROM day.group_leads WHERE school IN (SELECT urn FROM scope.holds)

-- work-group-lead-schools/N
SELECT NULL

-- work-group-lead-schools/rows
SELECT count(DISTINCT school) FROM day.group_leads WHERE school IN (SELECT urn FROM scope.holds)

-- work-group-lead-schools/leads
SELECT count(DISTINCT person) FROM day.group_leads WHERE school IN (SELECT urn FROM scope.holds)

-- work-group-lead-schools/groups
SELECT count(DISTINCT work_group_id) FROM day.group_leads WHERE school IN (SELECT urn FROM scope.holds)

-- work-group-lead-schools/groups_of_the_hub
SELECT count(*) FROM day.compositions WHERE NOT cancelled

-- intensive-support-coverage/n
SELECT count(*) FROM day.supported WHERE led AND school IN (SELECT urn FROM scope.holds)

-- intensive-support-coverage/N
SELECT count(*) FROM day.supported WHERE school IN (SELECT urn FROM scope.holds)

-- intensive-support-coverage/rows
SELECT count(*) FROM day.supported WHERE school IN (SELECT urn FROM scope.holds)

-- intensive-support-coverage/by_phase
SELECT coalesce(json_object_agg(phase, day.share(led, of)), '{}') FROM (
  SELECT f.phase, count(*) AS of, count(*) FILTER (WHERE s.led) AS led
  FROM day.supported AS s JOIN day.facts AS f ON f.urn = s.school
  WHERE s.school IN (SELECT urn FROM scope.holds) GROUP BY f.phase
) AS counted

-- visit-compliance/n
SELECT count(*) FROM scope.settled WHERE due AND status IN ('met', 'late')

-- visit-compliance/N
SELECT count(*) FROM scope.settled WHERE due AND status <> 'excused'

-- visit-compliance/rows
SELECT count(*) FROM scope.settled

-- visit-compliance/met
SELECT count(*) FROM scope.settled WHERE status = 'met'

-- visit-compliance/late
SELECT count(*) FROM scope.settled WHERE status = 'late'

-- visit-compliance/excused
SELECT count(*) FROM scope.settled WHERE status = 'excused'

-- visit-compliance/awaiting_log
SELECT count(*) FROM scope.settled WHERE status = 'awaiting_log'

-- visit-compliance/missed
SELECT count(*) FROM scope.settled WHERE status = 'missed'

-- visit-compliance/planned
SELECT count(*) FROM scope.settled WHERE status = 'planned'

-- visit-compliance/open
SELECT count(*) FROM scope.settled WHERE status = 'open'

-- visit-compliance/ahead
SELECT count(*) FROM scope.settled WHERE status = 'ahead'

-- visit-compliance/by_half_term
SELECT coalesce(json_agg(
  jsonb_build_object('half_term', half_term, 'name', h.name, 'ended', ended) || day.share(met, of)), '[]')
FROM (
  SELECT half_term, bool_and(ended) AS ended, count(*) FILTER (WHERE status IN ('met', 'late')) AS met,
         count(*) FILTER (WHERE status <> 'excused') AS of
  FROM scope.settled GROUP BY half_term
) AS counted JOIN day.half_terms AS h ON h.position = right(half_term, 1)::integer

-- visit-compliance/by_kind
SELECT json_object_agg(k.kind, (
  SELECT day.share(count(*) FILTER (WHERE status IN ('met', 'late')), count(*) FILTER (WHERE status <> 'excused'))
  FROM scope.settled AS s WHERE s.due AND s.kind = k.kind))
FROM unnest(ARRAY['visit', 'department_pd']) AS k (kind)

-- visit-compliance/by_phase
SELECT coalesce(json_object_agg(phase, day.share(met, of)), '{}') FROM (
  SELECT phase, count(*) FILTER (WHERE status IN ('met', 'late')) AS met,
         count(*) FILTER (WHERE status <> 'excused') AS of
  FROM scope.settled WHERE due GROUP BY phase
) AS counted

-- data-quality/n
SELECT (SELECT count(*) FROM day.registers_missing WHERE work_group_id IN (SELECT id FROM scope.groups))
  + (SELECT count(*) FROM day.closed_schools WHERE urn IN (SELECT urn FROM scope.holds))
  + (SELECT count(*) FROM notifications.messages WHERE status = 'failed' AND %(kind)s IN ('connected', 'hub'))

-- data-quality/N
SELECT NULL

-- data-quality/rows
SELECT (SELECT count(*) FROM day.registers_missing WHERE work_group_id IN (SELECT id FROM scope.groups))
  + (SELECT count(*) FROM day.closed_schools WHERE urn IN (SELECT urn FROM scope.holds))
  + (SELECT count(*) FROM notifications.messages WHERE status = 'failed' AND %(kind)s IN ('connected', 'hub'))

-- data-quality/register_not_taken
SELECT count(*) FROM day.registers_missing WHERE work_group_id IN (SELECT id FROM scope.groups)

-- data-quality/closed_school
SELECT count(*) FROM day.closed_schools WHERE urn IN (SELECT urn FROM scope.holds)

-- data-quality/message_not_sent
SELECT count(*) FROM notifications.messages WHERE status = 'failed' AND %(kind)s IN ('connected', 'hub')

-- data-quality/event_not_counted
SELECT 0
