"""Synthetic servers: SFTP and the Reporting API."""
