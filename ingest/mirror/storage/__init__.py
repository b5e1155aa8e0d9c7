"""The objects of an object storage, and its address."""
