"""Server stores behind the port, one file each."""
