"""On what do users spend, month by month?"""

import marimo

app = marimo.App(app_title="Spending by category and month")


@app.cell
def _():
    import altair as alt
    import marimo as mo
    from release import ask

    mo.md("""
    # Spending by category and month

    Posted money that went out, of all users. The ten largest categories have a name here, the rest
    is *other*. Currencies are not added.
    """)
    return alt, ask


@app.cell
def _(ask):
    figures = ask("""
        with ranked as (
            select category_name, rank() over (order by sum(spent) desc) as place
            from marts.spending_by_month
            where category_name is not null
            group by category_name
        )
        select
            month,
            currency_code,
            case
                when category_name is null then 'without a name'
                when place <= 10 then category_name
                else 'other'
            end as category,
            cast(sum(spent) as double) as spent
        from marts.spending_by_month
        left join ranked using (category_name)
        where month is not null
        group by all
        order by all
    """)
    return (figures,)


@app.cell
def _(alt, figures):
    alt.Chart(figures, title="Spent").mark_bar().encode(
        x=alt.X("yearmonth(month):O", title="month"),
        y=alt.Y("spent:Q", title="spent"),
        color=alt.Color("category:N", sort="-y"),
        row=alt.Row("currency_code:N", title="currency"),
        tooltip=["month", "category", "spent"],
    )
    return


if __name__ == "__main__":
    app.run()
