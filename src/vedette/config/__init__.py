"""One settings tree from defaults, one TOML file, the environment and flags, each error named with its place."""
