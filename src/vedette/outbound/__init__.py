"""The one way out: HTTP requests to addresses that users or configuration name, checked before they are sent."""
