"""Push protocols, one file each: bytes in, columns out, no I/O."""
