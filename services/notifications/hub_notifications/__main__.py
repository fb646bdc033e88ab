"""`python -m hub_notifications run | migrate | openapi | rebuild`."""

from hub_platform.runner import main

if __name__ == "__main__":
    main(
        service="notifications",
        service_class="hub_notifications.service:NotificationsService",
        package="hub_notifications",
        options="hub_notifications.config:load",
        commands={"rebuild": "hub_messaging.rebuild_command:rebuild"},
    )
