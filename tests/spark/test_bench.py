"""The benchmark of Spark runs at its smallest size, so that it cannot rot; no time is checked."""

from tests.bench.test_benchmarks import run_bench


def test_spark_measures_both_engines() -> None:
    size = ("--keys", "1000", "--transactions", "40", "--runs", "1")

    head, _, duckdb, spark, of_bytes, _, bytes_of_rows = run_bench("spark", *size)

    assert (duckdb[0], spark[0]) == ("DuckDB", "Spark")
    assert all(
        float(engine[head.index(column)].replace(",", "")) > 0
        for engine in (duckdb, spark)
        for column in ("first build, s", "a day, s", "peak, MB", "tables, MB")
    )
    assert len(bytes_of_rows) == len(of_bytes)
    assert all(float(cell.replace(",", "")) > 0 for cell in bytes_of_rows)
