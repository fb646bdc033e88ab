"""The last weeks of the academic year, in which Work Groups end."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hub_demo.dates.england import DAY, moment
from hub_demo.dates.school_years import FRIDAY, MONDAY, THURSDAY, WEDNESDAY, WEEK, SchoolYear


@dataclass(frozen=True)
class YearEnd:
    """The dates of the last weeks; the year ends on a Tuesday, which is a training day."""

    year: SchoolYear

    @property
    def last_day(self) -> date:
        """The last day of the summer term."""
        return self.year.half_term(6).ends_on

    @property
    def last_usual_day(self) -> date:
        """The last day on which most groups meet."""
        return self._of_last_week(FRIDAY) - 2 * WEEK

    @property
    def last_session(self) -> date:
        """Day of the last session of all groups."""
        return self._of_last_week(THURSDAY) - WEEK

    @property
    def last_register(self) -> datetime:
        """Instant at which its register is recorded, just before it is locked."""
        return moment(self.last_day, 16)

    @property
    def evaluated_on(self) -> date:
        """Day on which evaluations are submitted."""
        return self._of_last_week(MONDAY)

    @property
    def closing(self) -> datetime:
        """Instant from which groups are closed, one after the other."""
        return moment(self._of_last_week(WEDNESDAY), 9)

    @property
    def last_closure(self) -> datetime:
        """Instant of the last closure, after all other commands of the year except an erasure."""
        return moment(self._of_last_week(FRIDAY), 12)

    @property
    def erased(self) -> datetime:
        """Instant at which a former participant is erased."""
        return self.last_closure + timedelta(hours=1)

    @property
    def last_visit(self) -> date:
        """The last day with pupils."""
        return self._of_last_week(FRIDAY) - WEEK

    def _of_last_week(self, weekday: int) -> date:
        return self.last_day - self.last_day.weekday() * DAY + weekday * DAY
