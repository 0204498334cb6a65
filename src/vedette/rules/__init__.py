"""Recording and alerting rules: files and documents, evaluation, the state of alerts, backtests."""
