"""HTTP: application, middleware, error translation and the policy of every route."""
