"""Live results: subscriptions, one evaluation per distinct query and tick, framing; no transport."""
