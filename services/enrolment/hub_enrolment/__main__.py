"""`python -m hub_enrolment run | migrate | openapi | rebuild`."""

from hub_platform.runner import main

if __name__ == "__main__":
    main(
        service="enrolment",
        service_class="hub_enrolment.service:EnrolmentService",
        package="hub_enrolment",
        commands={"rebuild": "hub_messaging.rebuild_command:rebuild"},
    )
