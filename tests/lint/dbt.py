"""What sqlfluff takes for dbt where it checks the text of models."""


def type_string() -> str:
    return "varchar"


def datediff(first: str, second: str, part: str) -> str:
    return f"{second}{part[:0]} - {first}"
