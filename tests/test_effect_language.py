"""What the methods say about an intervention, in Spanish: gender, number and terms."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from monthly import months, years

from homicide_trends import language
from homicide_trends.display.tables import show
from homicide_trends.methods import (
    alarms,
    all_estimates,
    breaks_of_level,
    elsewhere,
    step_models,
    trend_of_rates,
)
from homicide_trends.methods.interrupted import interrupted_time_series
from homicide_trends.methods.level_breaks import Breaks
from homicide_trends.methods.other_countries import Elsewhere
from homicide_trends.methods.step_models import StepModels
from homicide_trends.rates.comparison import percent_change
from homicide_trends.rates.counterfactual import averted_deaths_variants
from homicide_trends.wording import descriptions, formats
from homicide_trends.wording import effect_sentences as said

FALL = [100, 104] * 7 + [50, 47] * 5
BASELINE, WINDOW = ("2011-01-01", "2012-02-29"), ("2012-03-01", "2012-12-31")


@pytest.fixture(autouse=True)
def spanish() -> Iterator[None]:
    with language.speaking("es"):
        yield


def plain(text: str) -> str:
    return text.replace(formats.NBSP, " ").replace(formats.MINUS, "-")


def fitted(deaths: list[float]) -> StepModels:
    return step_models(months(deaths), intervention="2012-03-01", transition="after")


def broken(deaths: list[float]) -> Breaks:
    return breaks_of_level(months(deaths), intervention="2012-03-01", end="2012-12-31")


def refused() -> Elsewhere:
    rows = [
        years(rates, "2009-01-01").assign(place=code, name=name, person_years=1e5)
        for code, name, rates in (
            ("A", "Brazil", [90, 94, 92, 20]),
            ("B", "Mexico", [20, 26, 21, 22]),
            ("C", "Panama", [40, 42, 43, 40]),
        )
    ]
    return elsewhere(
        pd.concat(rows), place="A", intervention="2012-03-01", start="2009-01-01", end="2012-12-31"
    )


def test_prediction_and_confidence_are_not_confused() -> None:
    models = fitted(FALL)
    assert "intervalo de confianza del 95 %: " in plain(said.steps(models, "X"))
    assert "predicci" not in said.steps(models, "X")
    text = plain(said.averted(models, "X"))
    assert "intervalo de predicci\u00f3n del 95 %: " in text
    assert "confianza" not in text
    assert text.startswith("En X se contaron 485 homicidios en mar a dic 2012.")


def test_tables_hold_english_words_and_show_spanish_ones() -> None:
    models = fitted(FALL)
    assert models.ratios["model"].iloc[0] == "Step without trend"
    text = show(models.ratios, ["model", "errors"], caption="x").bundle["text/plain"]
    heads, first = text.splitlines()[1:3]
    assert heads.split() == ["Modelo", "Errores"]
    assert first.split() == ["Escalón", "sin", "tendencia", "variación", "y", "rachas"]
    assert "cuasi-Poisson" in text


def test_one_date_takes_the_singular_and_two_the_plural() -> None:
    found = broken(FALL)
    kept = int(found.candidates["within"].sum())
    assert kept == 1
    assert "mar 2012 est\u00e1 en el conjunto" in said.breaks(found, "X")
    wide = found.candidates.assign(within=found.candidates["excess"].rank() <= 2)
    two = Breaks(wide, found.single, found.several, found.dispersion, "")
    assert " y " in said.breaks(two, "X").partition(" est\u00e1n en el conjunto")[0]


def test_a_break_where_the_agency_changes_is_said() -> None:
    table = months([100, 104] * 7 + [50, 47] * 5 + [200, 201] * 6)
    table["agency"] = ["PNC"] * 24 + ["IML"] * 12
    found = breaks_of_level(table, intervention="2012-03-01", end="2012-12-31")
    assert found.several["counted_by"].tolist() == ["PNC", "IML; antes, PNC"]
    assert "dan 2 rupturas: mar 2012 y ene 2013." in said.several(found)
    assert "En ene 2013 cambia tambi\u00e9n la instituci\u00f3n" in said.several(found)


def test_reasons_are_spanish() -> None:
    few = step_models(months([5.0] * 9), intervention="2011-03-01", transition="after").reason
    assert few == (
        "2 meses antes del 1 mar 2011 y 7 a partir de esa fecha: un escal\u00f3n necesita al menos "
        "6 antes y 3 despu\u00e9s."
    )
    assert alarms(months([5.0] * 9), intervention="2011-02-01", runs=1, seed=1).reason == (
        "A un lado de la intervenci\u00f3n hay 1 mes: hacen falta al menos 6 para simular m\u00e1s."
    )


def test_a_refused_comparison_names_the_country_in_spanish() -> None:
    text = plain(said.synthetic(refused(), "Brasil"))
    assert text.startswith("Antes de 2012 la comparaci\u00f3n no sigue a Brasil: la brecha de ")
    assert text.endswith("La comparaci\u00f3n se rechaza: de ella no se concluye nada.")


def test_trend_counts_its_joinpoints() -> None:
    rates = [50 * 1.1**year for year in range(7)]
    rates += [rates[-1] * 0.95**year for year in range(1, 6)]
    found = trend_of_rates(
        years(rates, "2000-01-01"), about=("2003-01-01", "2005-12-31"), permutations=99, seed=1
    )
    text = plain(said.trend(found, "X"))
    assert "(12 a\u00f1os) dan 1 punto de inflexi\u00f3n (2006), de un m\u00e1ximo de" in text
    assert "Ning\u00fan punto de inflexi\u00f3n cae en 2003\u20132005;" in text


def test_the_step_and_the_constant_rate_count_once_in_spanish_too() -> None:
    counts = months(FALL).assign(days=30, deaths_method="whole")
    models = fitted(FALL)
    rows = all_estimates(counts, models, refused(), baseline=BASELINE, window=WINDOW, conf=0.95)
    assert rows["name"].tolist()[:2] == ["Tasa constante", "Escal\u00f3n sin tendencia"]
    text = plain(said.disagreement(rows, refused(), "X"))
    assert "de los intervalos de predicci\u00f3n de 3 supuestos" in text
    # Both are 535; of the two, the step is named, whatever their last digits are.
    assert "535 (escal\u00f3n sin tendencia; intervalo de predicci\u00f3n del 95 %: " in text
    assert text.endswith("La comparaci\u00f3n con otros pa\u00edses se rechaza.")
    drawn = descriptions.estimates(rows, "averted")
    assert "Tasa constante: 535;" in drawn


def test_how_the_limits_were_made_is_said_in_spanish_and_found_in_both() -> None:
    counts = months(FALL).assign(days=30, deaths_method="whole")
    rows = averted_deaths_variants(counts, baseline=BASELINE, window=WINDOW)
    with language.speaking("en"):
        english = averted_deaths_variants(counts, baseline=BASELINE, window=WINDOW)
    assert rows["method"].iloc[0] == (
        "tasa constante por persona-a\u00f1o; l\u00edmites de predicci\u00f3n con la "
        "variaci\u00f3n y las rachas de los per\u00edodos"
    )
    numbers = rows.select_dtypes("number").columns
    assert np.array_equal(rows[numbers], english[numbers], equal_nan=True)


def test_a_refusal_keeps_the_word_that_code_looks_for() -> None:
    row = pd.DataFrame({"deaths": [5], "person_years": [31.0], "baseline_deaths": [3],
                        "baseline_person_years": [31.0]})  # fmt: skip
    method = percent_change(row, minimum_baseline=10)["percent_change_method"].iloc[0]
    assert method == "refused: menos de 10 muertes en la l\u00ednea de base"


def test_what_a_model_cannot_carry_is_said_in_spanish() -> None:
    reason = fitted([100, 104] * 7 + [0] * 10).reason
    assert reason.startswith(
        "Escal\u00f3n sin tendencia: t\u00e9rmino 'level 2012-03-01': no hay muertes en "
    )


def test_errors_are_spanish() -> None:
    counts = months(FALL).drop(columns="person_years")
    with pytest.raises(ValueError, match="no hay columna 'person_years'"):
        interrupted_time_series(
            counts, interventions=["2012-03-01"], trend=False, family="poisson",
            exposure="person_years",
        )  # fmt: skip
