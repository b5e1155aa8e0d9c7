"""Apply the record's lines to what is known, one by one in their order."""
