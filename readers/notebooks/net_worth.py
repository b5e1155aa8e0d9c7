"""How does the net worth of users move?"""

import marimo

app = marimo.App(app_title="Net worth over time")


@app.cell
def _():
    import altair as alt
    import marimo as mo
    from release import ask

    mo.md("""
    # Net worth over time

    Assets minus debts of all users at each month's end. The last month may not be over.
    Currencies are not added.
    """)
    return alt, ask


@app.cell
def _(ask):
    figures = ask("""
        unpivot (
            select
                month,
                currency_code,
                cast(sum(assets) as double) as assets,
                cast(sum(debts) as double) as debts,
                cast(sum(net_worth) as double) as "net worth"
            from marts.net_worth_by_month
            group by all
        )
        on assets, debts, "net worth"
        into name measure value amount
        order by all
    """)
    return (figures,)


@app.cell
def _(alt, figures):
    alt.Chart(figures, title="At the month's end").mark_line(point=True).encode(
        x=alt.X("yearmonth(month):T", title="month"),
        y=alt.Y("amount:Q"),
        color=alt.Color("measure:N", title=None),
        row=alt.Row("currency_code:N", title="currency"),
        tooltip=["month", "measure", "amount"],
    )
    return


if __name__ == "__main__":
    app.run()
