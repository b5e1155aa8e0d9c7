"""How files, days and runs stand."""
