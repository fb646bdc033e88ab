-- The schools of one scope on the day, by their own numbers: `holds` also has the closed ones, so that history
-- stays where it was made; `members` those that are open; `eligible` the state-funded ones of them.

DROP SCHEMA IF EXISTS scope CASCADE;
CREATE SCHEMA scope;

CREATE TABLE scope.covered AS
SELECT f.urn FROM day.facts AS f
WHERE CASE %(kind)s
    WHEN 'connected' THEN f.urn IN (SELECT urn FROM day.connected)
    WHEN 'hub' THEN f.urn IN (SELECT urn FROM day.hub_schools)
    WHEN 'la' THEN f.la_code = %(value)s
    WHEN 'phase' THEN f.phase = %(value)s
    WHEN 'trust' THEN f.trust = (SELECT trust FROM day.trusts WHERE uid = %(value)s)
  END;

-- What happened anywhere counts for the whole hub.
CREATE TABLE scope.holds AS
SELECT urn FROM day.facts WHERE %(kind)s = 'connected' UNION SELECT urn FROM scope.covered;

CREATE TABLE scope.members AS
SELECT s.* FROM day.open_schools AS s WHERE s.urn IN (SELECT urn FROM scope.covered);

CREATE TABLE scope.eligible AS SELECT * FROM scope.members WHERE eligible;

-- The whole hub: every group; narrower: those on which a teacher from the scope was given a place by the day.
CREATE TABLE scope.groups AS
SELECT c.*, t.state FROM day.compositions AS c JOIN day.states AS t ON t.id = c.id
WHERE %(kind)s IN ('connected', 'hub')
  OR c.id IN (SELECT p.work_group_id FROM day.places AS p, day.asked AS a
              WHERE p.enrolled_on <= a.as_at AND p.school IN (SELECT urn FROM scope.holds));

CREATE TABLE scope.settled AS
SELECT s.*, f.phase, s.ends_on < a.as_at AND s.status <> 'awaiting_log' AS due, s.ends_on < a.as_at AS ended
FROM day.settled AS s JOIN day.facts AS f ON f.urn = s.school, day.asked AS a
WHERE s.school IN (SELECT urn FROM scope.holds);

CREATE TABLE scope.engaged AS
SELECT e.* FROM day.engaged AS e WHERE e.urn IN (SELECT urn FROM scope.eligible);
