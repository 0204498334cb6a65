"""The OpenAPI document: one table of operations, shapes of bodies as structs, and what turns them into the document."""
