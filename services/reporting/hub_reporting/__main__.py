"""`python -m hub_reporting run | migrate | openapi | rebuild`."""

from hub_platform.runner import main

if __name__ == "__main__":
    main(
        service="reporting",
        service_class="hub_reporting.service:ReportingService",
        package="hub_reporting",
        options="hub_reporting.config:load",
        commands={"rebuild": "hub_messaging.rebuild_command:rebuild"},
    )
