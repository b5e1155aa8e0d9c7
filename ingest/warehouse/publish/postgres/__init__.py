"""Mirror a release into PostgreSQL, whose protocol every BI tool speaks."""
