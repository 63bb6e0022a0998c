"""The signed bundle: fetched after contact, checked by this machine's own policy, kept on its disk."""
