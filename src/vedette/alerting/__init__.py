"""Where alerts go: routes, groups, silences, inhibition, contact points and the outbox."""
