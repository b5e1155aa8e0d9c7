"""A folder on an SFTP server as a source."""
