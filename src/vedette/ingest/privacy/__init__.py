"""What must not be stored: finds personal data and secrets in label values and masks, hashes or drops them."""
