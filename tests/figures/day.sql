-- The publishers' tables as at one day, for one period: what the statements of figures.sql read.
-- The schemas enrolment, visits and notifications hold copies of these services' tables. Written from the
-- definitions of the reports, of docs/measures.md and of ADR 21, without a look at reporting's code.

CREATE SCHEMA day;

CREATE TABLE day.asked AS
SELECT starts_on, ends_on, as_at, least(ends_on, as_at) AS last_counted
FROM (SELECT %(starts_on)s::date AS starts_on, %(ends_on)s::date AS ends_on, %(as_at)s::date AS as_at) AS given;

CREATE FUNCTION day.of(instant timestamptz) RETURNS date LANGUAGE sql STABLE
AS $$ SELECT (instant AT TIME ZONE 'Europe/London')::date $$;

-- The academic year of a day by its first calendar year: from 1 September to 31 August.
CREATE FUNCTION day.year_of(given date) RETURNS integer LANGUAGE sql IMMUTABLE
AS $$ SELECT extract(year FROM given - interval '8 months')::integer $$;

CREATE FUNCTION day.rate(n bigint, whole bigint) RETURNS numeric LANGUAGE sql IMMUTABLE
AS $$ SELECT CASE WHEN whole > 0 THEN floor(1000.0 * n / whole) / 10 END $$;

CREATE FUNCTION day.share(n bigint, whole bigint) RETURNS jsonb LANGUAGE sql IMMUTABLE
AS $$ SELECT jsonb_build_object('n', coalesce(n, 0), 'N', coalesce(whole, 0), 'rate', day.rate(n, whole)) $$;

CREATE TABLE day.years AS
SELECT y AS first, format('%%s/%%s', y, lpad(((y + 1) %% 100)::text, 2, '0')) AS academic_year
FROM day.asked, generate_series(day.year_of(starts_on), day.year_of(ends_on)) AS y;

CREATE TABLE day.phases (position integer, phase text);
INSERT INTO day.phases VALUES
  (1, 'early_years'), (2, 'primary'), (3, 'secondary'), (4, 'post16'), (5, 'all_through'), (6, 'unknown');

-- ADR 21: a successor stands for a closed school from the day after its last day.
CREATE TABLE day.successions AS
SELECT s.urn, s.successor_urn, coalesce(s.close_date + 1, l.established_on, day.of(l.changed_at)) AS first_day
FROM enrolment.schools AS s
LEFT JOIN enrolment.school_links AS l ON l.urn = s.urn AND l.principal
WHERE s.successor_urn IS NOT NULL;

CREATE TABLE day.standing AS
WITH RECURSIVE chain AS (
  SELECT urn, urn AS school, 0 AS steps FROM enrolment.schools
  UNION ALL
  SELECT c.urn, n.successor_urn, c.steps + 1
  FROM chain AS c
  JOIN day.successions AS n ON n.urn = c.school
  JOIN day.asked AS a ON n.first_day <= a.as_at
  WHERE c.steps < 20
)
SELECT DISTINCT ON (urn) urn, school FROM chain ORDER BY urn, steps DESC;

-- Facts of the register hold from the day of the file that first said so; those of the first file also before.
CREATE TABLE day.said AS
SELECT urn, revision, data, holds_from <= a.as_at AS known,
       holds_from <= greatest(a.as_at, min(holds_from) OVER (PARTITION BY urn)) AS holds
FROM (
  SELECT o.data ->> 'urn' AS urn, o.revision, o.data,
         coalesce((o.data ->> 'source_file_date')::date, day.of(o.occurred_at)) AS holds_from
  FROM enrolment.outbox AS o
  WHERE o.type IN ('SchoolImported', 'SchoolChanged')
) AS told, day.asked AS a;

CREATE TABLE day.told AS
SELECT DISTINCT ON (urn) urn, known, data FROM day.said WHERE holds ORDER BY urn, revision DESC;

-- A trust is its company, where the register names one; its UIDs are its names.
CREATE TABLE day.trusts AS
SELECT uid, name, coalesce(companies_house, uid) AS trust FROM enrolment.trusts;

CREATE TABLE day.facts AS
SELECT s.urn,
       t.data ->> 'name' AS name,
       t.data ->> 'la_code' AS la_code,
       t.data ->> 'la_name' AS la_name,
       t.data ->> 'district_code' AS district_code,
       t.data ->> 'district_name' AS district,
       t.data ->> 'phase' AS phase,
       (t.data ->> 'eligible')::boolean AS eligible,
       g.uid AS trust_uid, g.name AS trust_name, g.trust,
       (s.open_date IS NULL OR s.open_date <= a.as_at)
         AND CASE s.status
               WHEN 'closed' THEN coalesce(a.as_at <= s.close_date, false)
               ELSE s.status IN ('open', 'proposed_to_close')
             END AS is_open
FROM enrolment.schools AS s
CROSS JOIN day.asked AS a
JOIN day.told AS t ON t.urn = s.urn
LEFT JOIN enrolment.trust_memberships AS m
  ON m.urn = s.urn AND a.as_at BETWEEN m.starts_on AND coalesce(m.ends_on, 'infinity')
-- The first trust that is known has no known beginning.
LEFT JOIN day.trusts AS g
  ON g.uid = coalesce(m.trust_uid, CASE WHEN NOT t.known THEN t.data ->> 'trust_uid' END);

-- Schools that are open on the day, a school and its successor once.
CREATE TABLE day.open_schools AS
SELECT f.* FROM day.facts AS f
WHERE f.is_open AND f.urn IN (SELECT school FROM day.standing);

CREATE TABLE day.connected AS
SELECT DISTINCT ON (n.school) n.school AS urn, s.connected_on, s.connected_via
FROM enrolment.schools AS s
JOIN day.standing AS n ON n.urn = s.urn
JOIN day.asked AS a ON s.connected_on <= a.as_at
WHERE n.school IN (SELECT urn FROM day.open_schools)
ORDER BY n.school, s.connected_on, s.urn;

-- One person may have had several records.
CREATE TABLE day.people AS SELECT id, coalesce(merged_into, id) AS person FROM enrolment.teachers;

CREATE FUNCTION day.cancelled_at(session uuid) RETURNS timestamptz LANGUAGE sql STABLE
AS $$ SELECT occurred_at FROM enrolment.outbox
      WHERE type = 'SessionCancelled' AND data ->> 'session_id' = session::text $$;

CREATE TABLE day.groups AS
SELECT g.id, g.title, p.academic_year, day.of(g.opens_at) <= a.as_at AS has_opened, p.min_teachers, p.max_teachers, p.min_schools,
       CASE
         WHEN day.of(g.cancelled_at) <= a.as_at THEN 'cancelled'
         WHEN day.of(g.closed_at) <= a.as_at THEN 'closed'
       END AS ending,
       g.status = 'closed' AS decided,
       (SELECT count(*) FROM enrolment.sessions AS s
        WHERE s.work_group_id = g.id AND (day.of(day.cancelled_at(s.id)) <= a.as_at) IS NOT TRUE) AS sessions,
       (SELECT count(*) FROM enrolment.sessions AS s
        WHERE s.work_group_id = g.id AND s.held_on <= a.last_counted) AS held,
       (SELECT max(s.held_on) FROM enrolment.sessions AS s
        WHERE s.work_group_id = g.id AND s.held_on <= a.last_counted) AS last_held_on,
       (SELECT o.type FROM enrolment.outbox AS o
        WHERE o.type IN ('WorkGroupConfirmed', 'WorkGroupFellBelowMinimum')
          AND o.data ->> 'work_group_id' = g.id::text AND day.of(o.occurred_at) <= a.as_at
        ORDER BY o.revision DESC LIMIT 1) AS said
FROM enrolment.work_groups AS g
JOIN enrolment.programmes AS p ON p.id = g.programme_id
JOIN day.years AS y ON y.academic_year = p.academic_year
CROSS JOIN day.asked AS a
WHERE g.status <> 'draft';

CREATE TABLE day.places AS
SELECT e.id, e.work_group_id, w.person, e.urn, n.school,
       day.of(e.enrolled_at) AS enrolled_on, day.of(e.withdrawn_at) AS withdrawn_on, e.withdrawn_at,
       CASE WHEN e.status = 'completed' THEN true WHEN g.decided THEN false END AS completed
FROM enrolment.enrolments AS e
JOIN day.groups AS g ON g.id = e.work_group_id
JOIN day.people AS w ON w.id = e.teacher_id
JOIN day.standing AS n ON n.urn = e.urn;

CREATE FUNCTION day.held_at(place day.places, given date) RETURNS boolean LANGUAGE sql STABLE
AS $$ SELECT place.enrolled_on <= given AND coalesce(given < place.withdrawn_on, true) $$;

-- Marks of registers held by the last day that is counted.
CREATE TABLE day.marks AS
SELECT s.id AS session_id, s.work_group_id, g.title, s.held_on, m.enrolment_id, e.urn, n.school,
       m.mark IN ('present', 'late') AS attended,
       m.mark IN ('present', 'late')
         OR (m.mark = 'apologies' AND coalesce(s.starts_at - m.notified_at >= interval '168 hours', false))
         AS committed,
       s.held_on >= a.starts_on AS in_period
FROM enrolment.attendances AS m
JOIN enrolment.sessions AS s ON s.id = m.session_id
JOIN enrolment.work_groups AS g ON g.id = s.work_group_id
JOIN enrolment.enrolments AS e ON e.id = m.enrolment_id
JOIN day.standing AS n ON n.urn = e.urn
JOIN day.asked AS a ON s.held_on <= a.last_counted AND day.year_of(s.held_on) >= day.year_of(a.starts_on);

-- Teachers and schools of each group that had opened by the day, and whether it is within the rule.
CREATE TABLE day.compositions AS
SELECT *,
       CASE WHEN cancelled THEN 0 ELSE greatest(0, min_teachers - teachers) END AS teachers_short,
       greatest(0, teachers - max_teachers) AS teachers_over,
       CASE WHEN cancelled THEN 0 ELSE greatest(0, min_schools - schools) END AS schools_short,
       NOT cancelled AND teachers BETWEEN min_teachers AND max_teachers AND schools >= min_schools AS in_range
FROM (
  SELECT g.*, coalesce(g.ending = 'cancelled', false) AS cancelled,
         (SELECT count(DISTINCT p.person) FROM day.places AS p
          WHERE p.work_group_id = g.id AND day.held_at(p, a.as_at)) AS teachers,
         (SELECT count(DISTINCT p.school) FROM day.places AS p
          WHERE p.work_group_id = g.id AND day.held_at(p, a.as_at)) AS schools
  FROM day.groups AS g, day.asked AS a
  WHERE g.has_opened OR g.said IS NOT NULL OR g.ending IS NOT NULL OR g.held > 0
) AS counted;

CREATE TABLE day.states AS
SELECT id, CASE
    WHEN ending = 'cancelled' THEN 'cancelled'
    WHEN ending = 'closed' OR (held > 0 AND held >= sessions) THEN 'finished'
    WHEN said = 'WorkGroupFellBelowMinimum' AND NOT in_range THEN 'at_risk'
    WHEN held > 0 THEN 'running'
    WHEN said IS NULL THEN 'recruiting'
    ELSE 'confirmed'
  END AS state
FROM day.compositions;

-- How schools were seen in the period: by a mark, a visit, a meeting of the department, a PD day, a conference.
CREATE TABLE day.seen AS
SELECT school, 'work_group' AS kind, held_on AS on_day, session_id AS what
FROM day.marks WHERE attended AND in_period
UNION ALL
SELECT n.school, CASE v.kind WHEN 'department_pd' THEN 'department_pd' ELSE 'visit' END, v.happened_on, v.id
FROM visits.visits AS v
JOIN day.standing AS n ON n.urn = v.urn
JOIN day.asked AS a ON v.happened_on BETWEEN a.starts_on AND a.last_counted
WHERE v.status = 'logged' AND NOT v.out_of_term
UNION ALL
SELECT n.school, d.kind, d.day, d.id
FROM enrolment.pd_day_attendances AS t
JOIN enrolment.pd_days AS d ON d.id = t.pd_day_id
JOIN day.standing AS n ON n.urn = t.urn
JOIN day.asked AS a ON d.day BETWEEN a.starts_on AND a.last_counted
WHERE d.status = 'held';

CREATE TABLE day.assignments AS
SELECT s.id, s.urn, n.school, w.person, s.programme, s.starts_on,
       -- its last day, when it was handed over or ended
       CASE WHEN s.end_reason IS NOT NULL THEN s.ends_on END AS ended_on,
       -- the last day of the person's role as PD lead; none while one of them has no end
       (SELECT CASE WHEN bool_or(r.ends_on IS NULL) THEN NULL ELSE max(r.ends_on) END
        FROM enrolment.leader_roles AS r JOIN day.people AS o ON o.id = r.teacher_id
        WHERE o.person = w.person AND r.role = 'pd_lead') AS lead_ended_on
FROM visits.assignments AS s
JOIN day.standing AS n ON n.urn = s.urn
JOIN day.people AS w ON w.id = s.pd_lead_id
WHERE day.year_of(s.starts_on) IN (SELECT first FROM day.years);

-- Signed up: a place on a group of the years, a PD lead, or seen. Attended: seen.
CREATE TABLE day.levels AS
SELECT s.urn,
       least(
         (SELECT min(p.enrolled_on) FROM day.places AS p
          WHERE p.school = s.urn AND p.enrolled_on <= a.last_counted),
         (SELECT min(g.starts_on) FROM day.assignments AS g
          WHERE g.school = s.urn AND g.starts_on <= a.last_counted),
         seen.first_day
       ) AS signed_up,
       seen.first_day AS attended
FROM day.open_schools AS s
CROSS JOIN day.asked AS a
LEFT JOIN (SELECT school, min(on_day) AS first_day FROM day.seen GROUP BY school) AS seen ON seen.school = s.urn;

-- Completed: as the hub decided when it closed the group; before that, three quarters of the sessions of a
-- group whose sessions have all been held, by those who stayed.
CREATE TABLE day.completions AS
SELECT p.school, coalesce(g.last_held_on, a.last_counted) AS on_day
FROM day.places AS p
JOIN day.compositions AS g ON g.id = p.work_group_id
JOIN day.states AS t ON t.id = g.id AND t.state = 'finished'
CROSS JOIN day.asked AS a
WHERE CASE
    WHEN p.completed IS NOT NULL THEN p.completed
    ELSE day.held_at(p, a.last_counted) AND g.held > 0
      AND 4 * (SELECT count(*) FROM day.marks AS m WHERE m.enrolment_id = p.id AND m.attended) >= 3 * g.held
  END;

CREATE TABLE day.engaged AS
SELECT l.*, CASE WHEN l.attended IS NOT NULL
    THEN (SELECT min(greatest(c.on_day, l.attended)) FROM day.completions AS c WHERE c.school = l.urn)
  END AS completed
FROM day.levels AS l;

-- What each school was owed, once for each half term and kind, and how it stands.
CREATE TABLE day.owed AS
SELECT DISTINCT ON (n.school, o.half_term, o.kind) n.school, o.half_term, o.kind, o.starts_on, o.ends_on
FROM visits.obligations AS o
JOIN day.standing AS n ON n.urn = o.urn
JOIN day.asked AS a ON o.starts_on <= a.ends_on AND o.ends_on >= a.starts_on
ORDER BY n.school, o.half_term, o.kind, o.ends_on DESC, o.starts_on DESC;

-- The bank holidays of the two years (gov.uk/bank-holidays), and the tenth working day after a half term.
CREATE TABLE day.bank_holidays (holiday date);
INSERT INTO day.bank_holidays VALUES
  ('2025-12-25'), ('2025-12-26'), ('2026-01-01'), ('2026-04-03'), ('2026-04-06'), ('2026-05-04'),
  ('2026-05-25'), ('2026-08-31'), ('2026-12-25'), ('2026-12-28'), ('2027-01-01'), ('2027-03-26'),
  ('2027-03-29'), ('2027-05-03'), ('2027-05-31'), ('2027-08-30');

CREATE FUNCTION day.last_day_to_log(ends_on date) RETURNS date LANGUAGE sql STABLE
AS $$ SELECT working::date FROM generate_series(ends_on + 1, ends_on + 30, interval '1 day') AS working
      WHERE extract(isodow FROM working) < 6 AND working NOT IN (SELECT holiday FROM day.bank_holidays)
      ORDER BY working OFFSET 9 LIMIT 1 $$;

-- Visits that had been planned by the day, and neither held nor cancelled.
CREATE TABLE day.planned AS
SELECT n.school, v.half_term, v.meets
FROM visits.visits AS v
JOIN day.standing AS n ON n.urn = v.urn
CROSS JOIN day.asked AS a
WHERE (v.happened_on <= a.as_at) IS NOT TRUE
  AND EXISTS (SELECT FROM visits.outbox AS o WHERE o.type = 'VisitPlanned'
                AND o.data ->> 'visit_id' = v.id::text AND day.of(o.occurred_at) <= a.as_at)
  AND NOT EXISTS (SELECT FROM visits.outbox AS o WHERE o.type = 'VisitCancelled'
                    AND o.data ->> 'visit_id' = v.id::text AND day.of(o.occurred_at) <= a.as_at);

CREATE TABLE day.settled AS
SELECT o.*, v.happened_on AS met_on, CASE
    WHEN v.late IS NOT NULL THEN CASE WHEN v.late THEN 'late' ELSE 'met' END
    WHEN EXISTS (SELECT FROM visits.exemptions AS x JOIN day.standing AS n ON n.urn = x.urn
                 WHERE n.school = o.school AND x.half_term = o.half_term AND x.kind = o.kind
                   AND day.of(x.created_at) <= a.as_at) THEN 'excused'
    WHEN a.as_at > o.ends_on THEN
      CASE WHEN a.as_at > day.last_day_to_log(o.ends_on) THEN 'missed' ELSE 'awaiting_log' END
    WHEN EXISTS (SELECT FROM day.planned AS p
                 WHERE p.school = o.school AND p.half_term = o.half_term AND p.meets = o.kind) THEN 'planned'
    WHEN o.starts_on <= a.as_at THEN 'open'
    ELSE 'ahead'
  END AS status
FROM day.owed AS o
CROSS JOIN day.asked AS a
LEFT JOIN LATERAL (
  SELECT l.late, l.happened_on
  FROM visits.visits AS l JOIN day.standing AS n ON n.urn = l.urn
  WHERE n.school = o.school AND l.half_term = o.half_term AND l.meets = o.kind
    AND l.status = 'logged' AND NOT l.out_of_term AND l.happened_on <= a.as_at
  ORDER BY l.late, l.happened_on LIMIT 1
) AS v ON true;

CREATE TABLE day.half_terms (position integer, name text);
INSERT INTO day.half_terms VALUES
  (1, 'Autumn 1'), (2, 'Autumn 2'), (3, 'Spring 1'), (4, 'Spring 2'), (5, 'Summer 1'), (6, 'Summer 2');

-- The classroom tasks that were due in the period, once for each participant when the session began.
CREATE TABLE day.tasks_due AS
SELECT DISTINCT ON (t.id, e.teacher_id) t.id AS task_id, t.work_group_id, g.title, n.school,
       coalesce(r.status IN ('reported', 'discussed'), false) AS reported
FROM enrolment.classroom_tasks AS t
JOIN enrolment.sessions AS s ON s.id = t.due_before_session_id
JOIN enrolment.work_groups AS g ON g.id = t.work_group_id
JOIN day.asked AS a ON s.held_on BETWEEN a.starts_on AND a.last_counted
JOIN enrolment.enrolments AS e ON e.work_group_id = t.work_group_id
  AND day.of(e.enrolled_at) <= s.held_on
  AND (e.withdrawn_at IS NULL OR day.of(e.withdrawn_at) > s.held_on
       OR (day.of(e.withdrawn_at) = s.held_on AND e.withdrawn_at > s.starts_at))
JOIN day.standing AS n ON n.urn = e.urn
LEFT JOIN enrolment.task_reports AS r ON r.task_id = t.id AND r.enrolment_id = e.id
ORDER BY t.id, e.teacher_id, reported DESC, e.enrolled_at DESC, e.id DESC;

-- People of the main leadership team on the day, each at the school of the latest role.
CREATE TABLE day.leaders AS
SELECT DISTINCT ON (w.person) w.person, n.school, f.trust
FROM enrolment.leader_roles AS r
JOIN day.people AS w ON w.id = r.teacher_id
JOIN day.standing AS n ON n.urn = r.urn
JOIN day.asked AS a ON a.as_at BETWEEN r.starts_on AND coalesce(r.ends_on, 'infinity')
LEFT JOIN day.facts AS f ON f.urn = n.school
WHERE r.core_leadership
ORDER BY w.person, r.starts_on DESC, r.urn DESC;

-- Who leads a group, from which school: that of their latest role.
CREATE TABLE day.group_leads AS
SELECT DISTINCT g.id AS work_group_id, w.person, h.school
FROM day.compositions AS g
JOIN enrolment.work_group_leads AS l ON l.work_group_id = g.id
JOIN day.people AS w ON w.id = l.teacher_id
JOIN LATERAL (
  SELECT n.school
  FROM enrolment.leader_roles AS r
  JOIN day.people AS o ON o.id = r.teacher_id
  JOIN day.standing AS n ON n.urn = r.urn
  WHERE o.person = w.person
  ORDER BY r.starts_on DESC, r.id DESC LIMIT 1
) AS h ON true
WHERE NOT g.cancelled;

-- Schools given a PD lead for the academic year of the day; led until the assignment or the person's role ends.
CREATE TABLE day.supported AS
SELECT s.school, bool_or(coalesce(a.as_at <= least(s.lead_ended_on, s.ended_on), true)) AS led
FROM day.assignments AS s
JOIN day.asked AS a ON s.starts_on <= a.as_at AND day.year_of(s.starts_on) = day.year_of(a.as_at)
GROUP BY s.school;

-- A school is in the hub's area with every number, authority and district that it has had by the day.
CREATE TABLE day.hub_schools AS
SELECT f.urn
FROM day.facts AS f
JOIN day.standing AS n ON n.urn = f.urn
JOIN day.standing AS o ON o.school = n.school
JOIN day.said AS c ON c.urn = o.urn AND c.holds
CROSS JOIN enrolment.hub AS h
GROUP BY f.urn
HAVING NOT bool_or(o.urn = ANY (h.excluded_urns))
  AND bool_or(o.urn = ANY (h.extra_urns)
              OR c.data ->> 'la_code' = ANY (h.area_la_codes)
              OR coalesce(c.data ->> 'district_code' = ANY (h.area_district_codes), false));

CREATE INDEX ON day.places (school);
CREATE INDEX ON day.seen (school);
ANALYZE day.places;

-- Sessions that were to be held before the day and have no register; those of cancelled groups are none.
CREATE TABLE day.registers_missing AS
SELECT s.id, s.work_group_id
FROM enrolment.sessions AS s
JOIN day.compositions AS g ON g.id = s.work_group_id AND NOT g.cancelled
JOIN day.asked AS a ON day.of(s.starts_at) < a.last_counted
WHERE s.held_on IS NULL AND (day.of(day.cancelled_at(s.id)) <= a.as_at) IS NOT TRUE;

-- Schools that closed without a successor and whose teachers hold places.
CREATE TABLE day.closed_schools AS
SELECT DISTINCT p.school AS urn
FROM day.places AS p, day.asked AS a
WHERE day.held_at(p, a.as_at) AND p.school NOT IN (SELECT urn FROM day.open_schools);
