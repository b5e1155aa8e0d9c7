"""Sources over HTTPS: MX's Reporting API, and lists of URLs."""
