"""Which connections need their users?"""

import marimo

app = marimo.App(app_title="Health of connections")


@app.cell
def _():
    import altair as alt
    import marimo as mo
    from release import ask

    mo.md("""
    # Health of connections

    Live members by institution and by whether their user has to act. Manual members are never
    aggregated, so they are left out.
    """)
    return alt, ask


@app.cell
def _(ask):
    figures = ask("""
        select
            coalesce(institution_name, institution_guid, 'unknown') as institution,
            case needs_action
                when true then 'user has to act'
                when false then 'fine'
                else 'unclear'
            end as health,
            count(*) as connections,
            max(days_since_aggregation) as oldest_days
        from marts.connection_health
        where not coalesce(is_manual, false)
        group by all
        order by all
    """)
    return (figures,)


@app.cell
def _(alt, figures):
    alt.Chart(figures, title="Connections").mark_bar().encode(
        x=alt.X("connections:Q"),
        y=alt.Y("institution:N", sort="-x"),
        color=alt.Color("health:N"),
        tooltip=["institution", "health", "connections", "oldest_days"],
    )
    return


if __name__ == "__main__":
    app.run()
