"""The visits service: PD leads, half terms, and the visit that each supported school is owed in every one."""
