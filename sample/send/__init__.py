"""The sender: it encrypts and delivers the days of a world."""
