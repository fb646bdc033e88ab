"""`python -m hub_visits run | migrate | openapi | rebuild`."""

from hub_platform.runner import main

if __name__ == "__main__":
    main(
        service="visits",
        service_class="hub_visits.service:VisitsService",
        package="hub_visits",
        commands={"rebuild": "hub_messaging.rebuild_command:rebuild"},
    )
