"""Back-fill: samples of any age from files, as columns, into blocks."""
