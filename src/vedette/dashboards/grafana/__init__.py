"""What is taken over from Grafana: its JSON in, a dashboard and an account of what was taken, changed and left out."""
