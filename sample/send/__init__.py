"""A synthetic sender: encrypts and delivers the days of a world."""
