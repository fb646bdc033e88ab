"""Types of JSON values, and of values that a marshmallow schema has read."""

from collections.abc import Mapping
from typing import Any

# Any: values of every JSON type, checked at run time; OpenAPI documents are nested without a common type.
JsonObject = dict[str, Any]
# Any: each value has the type of its field in the schema, which the type checker does not know.
Values = Mapping[str, Any]
