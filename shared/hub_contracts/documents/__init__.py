"""Documents made from the registry: JSON Schemas, the AsyncAPI document, the pages of the catalogue."""
