"""The GraphQL face of documents: the schema, how its fields are answered, and how much one request may ask."""
