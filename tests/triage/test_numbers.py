"""Numbers with units become findings."""

from __future__ import annotations

import pytest

from bot.triage import screen


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("temperature of 38.5", "fever"),
        ("fever of 103", "high_fever"),
        ("体温39度5", "high_fever"),
        ("三十九度", "high_fever"),
        ("my 6 week old", "age_under_3_months"),
        ("宝宝两个月大", "age_under_3_months"),
        ("I am 72 years old", "age_over_65"),
        ("sats are 88", "oxygen_very_low"),
        ("血氧只有90", "oxygen_very_low"),
        ("blood sugar 2.5", "glucose_low"),
        ("化疗第九天，38.3", "fever"),
        ("carbimazole + sore throat + 38.4", "fever"),
        ("the lab rang, potassium 6.9", "laboratory_danger"),
        ("钾2.4", "laboratory_danger"),
        ("haemoglobin came back at 5.8", "laboratory_danger"),
        ("血色素58", "laboratory_danger"),
        ("ketones 4.1", "ketones_high"),
        ("my waters broke at 33 weeks", "pregnant_under_37_weeks"),
        ("glucose 420", "glucose_high"),
        ("bp 190/120", "pressure_very_high"),
        ("took 20 paracetamol", "many_tablets"),
        ("吃了三十片安眠药", "many_tablets"),
        ("34 weeks pregnant", "pregnant_over_20_weeks"),
        ("怀孕8个月", "pregnant_over_20_weeks"),
        ("34+2 and my head is splitting", "pregnant_over_20_weeks"),
        ("孕妇，二十四周", "pregnant_over_20_weeks"),
        ("four months old, 39.1 in the ear", "high_fever"),
        ("耳温39.2", "high_fever"),
        ("a temperature since Monday, it goes up to 39 again", "high_fever"),
        ("day six of a temperature", "fever_goes_on"),
        ("烧了五天", "fever_goes_on"),
        ("73, COPD", "age_over_65"),
        ("my mum (81) fell", "age_over_65"),
        ("my meter keeps saying 19, 21", "glucose_high"),
    ],
)
def test_means(text: str, finding: str) -> None:
    assert finding in {one.id for one in screen(text).findings if one.status == "present"}


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("temperature of 36.8", "fever"),
        ("my 2 year old", "age_under_3_months"),
        ("took 2 paracetamol", "many_tablets"),
        ("sats are 98", "oxygen_very_low"),
        ("blood sugar 6.1", "glucose_low"),
        ("potassium 4.4", "laboratory_danger"),
        ("haemoglobin 132", "laboratory_danger"),
        ("ketones 0.6", "ketones_high"),
        ("钾4.1", "laboratory_danger"),
        ("bp 120/80", "pressure_raised"),
        ("咳嗽三个月了", "age_under_3_months"),
        ("吃这个药一个月了", "age_under_3_months"),
        ("the bill was £39.50", "fever"),
        ("shoe size 39.5", "fever"),
        ("she weighs 38.5 kg", "fever"),
        ("day two of a temperature", "fever_goes_on"),
        ("38+5 = 43", "pregnant_over_20_weeks"),
    ],
)
def test_does_not_mean(text: str, finding: str) -> None:
    assert finding not in {one.id for one in screen(text).findings if one.status == "present"}
